//! The extractive composer: sentences of the passages that answer, set out as an agency's reply.

use std::ops::Range;

use super::{
    letter,
    plan::{Basis, look, plan},
    types::{Composer, Draft, DraftRequest, Language, Paragraph, ParagraphRole, Sentence},
};
use crate::{
    CitationStatus, Findings, Knowledge, KnowledgeError,
    ground::{Ground, Told},
    readings::Article,
    source::Passage,
};

/// Sentences taken from an answer.
const SENTENCES: usize = 8;
/// Characters taken from an answer, about.
const CHARACTERS: usize = 700;
/// Characters of an article that are quoted, about.
const QUOTED: usize = 220;
/// An article is a source where it holds this share of some sentence's words.
const CLOSE_TO_ARTICLE: f64 = 0.2;
/// A sentence cites an article that holds this share of its words, whichever sentence is closest.
const RESTS_ON_ARTICLE: f64 = 0.5;
/// Articles that one sentence cites at most.
const ARTICLES_PER_SENTENCE: usize = 2;

/// Writes a draft from the passages that answer, sentence by sentence; nothing where nothing answers.
pub fn compose(knowledge: &Knowledge, request: &DraftRequest) -> Result<Option<Draft>, KnowledgeError> {
    compose_from(knowledge, request, &look(knowledge, request)?)
}

/// As [`compose`], from what was found already for [`super::query`].
pub fn compose_from(
    knowledge: &Knowledge,
    request: &DraftRequest,
    findings: &Findings,
) -> Result<Option<Draft>, KnowledgeError> {
    let Some(plan) = plan(request, findings)? else { return Ok(None) };
    let (answer, sources) = match plan.basis {
        Basis::Note(reading, articles) => take_sentences(&reading.passage, &articles, request),
        Basis::Articles(articles) => (quote_articles(&articles, request.language), articles),
    };
    if answer.is_empty() {
        return Ok(None);
    }
    let answer = letter::paragraph(ParagraphRole::Answer, answer);
    Ok(Some(finish(knowledge, request, vec![answer], sources, Composer::Extractive, plan.confidence)))
}

/// Puts the parts that are always the same around an answer, and checks every law that the draft names.
pub(super) fn finish(
    knowledge: &Knowledge,
    request: &DraftRequest,
    answer: Vec<Paragraph>,
    sources: Vec<Passage>,
    composer: Composer,
    confidence: f64,
) -> Draft {
    let mut paragraphs = vec![letter::greeting(request), letter::question(request)];
    paragraphs.extend(answer);
    paragraphs.push(letter::remedy(knowledge, request));
    paragraphs.push(letter::contact(request));
    paragraphs.push(letter::label(request.language, &composer));
    for paragraph in paragraphs.iter_mut().filter(|paragraph| paragraph.role == ParagraphRole::Answer) {
        for sentence in &mut paragraph.sentences {
            if sentence.struck.is_none() {
                sentence.struck = unresolved(knowledge, request, &sentence.text);
            }
        }
    }
    let answers = paragraphs.iter().filter(|paragraph| paragraph.role == ParagraphRole::Answer);
    let standing: Vec<&Sentence> =
        answers.flat_map(|paragraph| &paragraph.sentences).filter(|sentence| sentence.struck.is_none()).collect();
    let grounded = !standing.is_empty() && standing.iter().all(|sentence| !sentence.citations.is_empty());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
    let confidence = (confidence.clamp(0.0, 1.0) * 1000.0).round() as u16;
    Draft { language: request.language, paragraphs, sources, composer, grounded, confidence }
}

/// Why a sentence must not stand: it names law that does not exist on the day.
fn unresolved(knowledge: &Knowledge, request: &DraftRequest, text: &str) -> Option<String> {
    let citations = knowledge.resolve(text, request.on);
    let wrong = citations.into_iter().find(|citation| {
        citation.status != CitationStatus::InForce || !citation.article.is_empty() && citation.target.is_none()
    })?;
    let named = format!("「{}」 {}", wrong.law, wrong.article);
    let named = named.trim_end();
    Some(match request.language {
        Language::Korean => format!("확인되지 않는 법령: {named}"),
        Language::English => format!("law that could not be confirmed: {named}"),
    })
}

/// The answer's own sentences, in their order, and what they rest on: each cites the answer and the articles that say the same. Articles
/// that no sentence is close to are left out.
fn take_sentences(answer: &Passage, articles: &[Article], request: &DraftRequest) -> (Vec<Sentence>, Vec<Passage>) {
    let korean = tidy_sentences(&answer.text);
    let own = match request.language {
        Language::English if !answer.text_en.is_empty() => tidy_sentences(&answer.text_en),
        _ => korean.clone(),
    };
    let chosen = choose(&own, &format!("{}\n{}", request.question_title, request.question));
    // Articles are Korean: an English sentence is compared by the Korean one in its place.
    let compared: Vec<Told> = chosen
        .clone()
        .filter_map(|place| korean.get(place * korean.len() / own.len().max(1)))
        .map(|sentence| Told::by(sentence))
        .collect();
    let mut citations: Vec<Vec<usize>> = vec![vec![1]; chosen.len()];
    let mut sources = vec![answer.clone()];
    for article in articles {
        let shares: Vec<f64> = compared.iter().map(|sentence| article.ground.share_of(sentence)).collect();
        let number = sources.len() + 1;
        if cite(number, &shares, &mut citations) {
            sources.push(article.passage.clone());
        }
    }
    let sentences = chosen
        .zip(citations)
        .filter_map(|(place, citations)| Some(Sentence { text: own.get(place)?.clone(), citations, struck: None }));
    (sentences.collect(), sources)
}

/// Lets the sentences that are close to an article cite it by its number; says whether there is any.
fn cite(number: usize, shares: &[f64], citations: &mut [Vec<usize>]) -> bool {
    let best = shares.iter().copied().fold(0.0, f64::max);
    if best < CLOSE_TO_ARTICLE {
        return false;
    }
    let mut is_cited = false;
    for (sentence, share) in citations.iter_mut().zip(shares) {
        if (*share >= RESTS_ON_ARTICLE || *share >= best) && sentence.len() <= ARTICLES_PER_SENTENCE {
            sentence.push(number);
            is_cited = true;
        }
    }
    is_cited
}

fn tidy_sentences(text: &str) -> Vec<String> {
    maru_korean::sentences(text).into_iter().map(tidy).filter(|sentence| sentence.chars().count() > 3).collect()
}

/// The sentences to take: all of a short answer; of a long one those around the words of the inquiry.
fn choose(sentences: &[String], inquiry: &str) -> Range<usize> {
    let lengths: Vec<usize> = sentences.iter().map(|sentence| sentence.chars().count()).collect();
    if sentences.len() <= SENTENCES && lengths.iter().sum::<usize>() <= CHARACTERS {
        return 0..sentences.len();
    }
    let told = Ground::new([inquiry]);
    let worth: Vec<f64> = sentences.iter().map(|sentence| told.share(sentence)).collect();
    let mut best = (f64::MIN, 0..0);
    for start in 0..sentences.len() {
        let mut end = start + 1;
        let mut length = lengths[start];
        while end < sentences.len() && end - start < SENTENCES && length + lengths[end] <= CHARACTERS {
            length += lengths[end];
            end += 1;
        }
        let sum: f64 = worth[start..end].iter().sum();
        if sum > best.0 + f64::EPSILON {
            best = (sum, start..end);
        }
    }
    best.1
}

/// One line, without bullets.
fn tidy(sentence: &str) -> String {
    let sentence = sentence.trim_start_matches(['※', '-', '·', 'ㆍ', '•', '○', '□', '▶', '√', '*', ' ']);
    sentence.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Articles in their own words.
fn quote_articles(sources: &[Passage], language: Language) -> Vec<Sentence> {
    (1..)
        .zip(sources)
        .filter_map(|(number, article)| {
            let quoted = quotable(&article.text);
            let reference = article.reference();
            let text = match language {
                Language::Korean => format!("{reference}에서는 “{quoted}”라고 정하고 있습니다."),
                Language::English => format!("{reference} says, in Korean: “{quoted}”"),
            };
            (!quoted.is_empty()).then(|| Sentence { text, citations: vec![number], struck: None })
        })
        .collect()
}

/// The beginning of an article, without notes on amendments and numbers of paragraphs, cut where a sentence ends.
fn quotable(text: &str) -> String {
    let mut clean = String::new();
    let mut depth = 0_u32;
    for character in text.chars() {
        match character {
            '<' | '〈' => depth += 1,
            '>' | '〉' => depth = depth.saturating_sub(1),
            '①'..='⑳' => clean.push(' '),
            _ if depth > 0 => {}
            character => clean.push(character),
        }
    }
    let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ").replace(['“', '”', '"'], "'");
    let mut taken = String::new();
    for sentence in maru_korean::sentences(&clean) {
        if !taken.is_empty() && taken.chars().count() + sentence.chars().count() > QUOTED {
            break;
        }
        if !taken.is_empty() {
            taken.push(' ');
        }
        taken.push_str(sentence);
    }
    if taken.chars().count() <= 2 * QUOTED {
        return taken.trim_end_matches('.').to_owned();
    }
    taken.chars().take(2 * QUOTED).collect::<String>() + "…"
}
