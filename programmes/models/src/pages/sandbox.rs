//! Two models side by side: what the question becomes before it leaves, and what each answers.

use maru_gateway::{Action, ClientAnswer, DataClass, Inspected, PromptLibrary, Registry, Screened};
use maru_web::{
    FieldError, Html, Language, Page, PageKind, Visitor,
    components::{
        Button, Card, Choice, DefinitionList, ErrorSummary, Field, Form, MachineLabel, Notice, NoticeKind, Tag, Tone,
    },
};
use serde::Deserialize;

use super::{under_gateway, words};
use crate::service::Comparison;

/// What is asked of which models.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) question: String,
    pub(super) first: String,
    pub(super) second: String,
    pub(super) class: String,
    /// The name of a prompt of the library.
    pub(super) prompt: String,
}

impl Asked {
    /// The chosen models, each once.
    pub(super) fn models(&self) -> Vec<String> {
        let mut models = vec![self.first.clone()];
        if !self.second.is_empty() && self.second != self.first {
            models.push(self.second.clone());
        }
        models
    }

    /// The newest version of the prompt that was chosen; nothing where none was.
    pub(super) fn instructions<'a>(&self, library: &'a PromptLibrary) -> &'a str {
        let prompt = library.prompts.get(&self.prompt).filter(|prompt| !prompt.is_withdrawn);
        prompt.and_then(|prompt| prompt.newest()).map_or("", |(_, version)| &version.text)
    }

    pub(super) fn errors(&self, registry: &Registry, longest: usize) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.question.trim().is_empty() {
            errors.push(FieldError::new("question", "물어볼 내용을 써 주세요.", "Write a question."));
        } else if self.question.chars().count() > longest {
            let korean = format!("{longest}자까지 쓸 수 있습니다.");
            errors.push(FieldError::new("question", korean, format!("At most {longest} characters.")));
        }
        if registry.model(&self.first).is_none() {
            errors.push(FieldError::new("first", "모델을 골라 주세요.", "Choose a model."));
        }
        errors
    }
}

pub(super) fn page(
    visitor: &Visitor,
    known: (&Registry, &PromptLibrary),
    asked: &Asked,
    compared: Option<(&Comparison, bool)>,
    errors: &[FieldError],
) -> Page {
    let language = visitor.language;
    let mut body = Html::empty();
    if !errors.is_empty() {
        body = body.and(ErrorSummary::new(language, errors));
    }
    body = body.and(form(visitor, known, asked, errors));
    if let Some((compared, may_see_calls)) = compared {
        body = body.and(inspected(language, &compared.inspected)).and(answers(language, compared, may_see_calls));
    }
    under_gateway(visitor, language.say("모델 견주어 보기", "Compare models"), PageKind::Overview)
        .lead(language.say(
            "같은 질문을 두 모델에 보내고, 보내기 전에 무엇이 가려지는지 보여 줍니다. 호출은 기록에 남습니다.",
            "The same question goes to two models; you see what is masked before it leaves. Calls stand on the record.",
        ))
        .body(body)
}

fn form(
    visitor: &Visitor,
    (registry, library): (&Registry, &PromptLibrary),
    asked: &Asked,
    errors: &[FieldError],
) -> Form {
    let language = visitor.language;
    let choices = words::usable_models(language, registry);
    let none = Choice::new("", language.say("고르지 않음", "None"));
    let first = if asked.first.is_empty() {
        choices.first().map(|choice| choice.value.clone()).unwrap_or_default()
    } else {
        asked.first.clone()
    };
    let classes = [DataClass::Open, DataClass::Sensitive, DataClass::Classified]
        .map(|class| Choice::new(class.letter(), words::class(language, class)));
    let fields = Html::trusted("<div class=\"chart-pair\">")
        .and(
            Field::select(language, "first", language.say("모델", "Model"), choices.clone())
                .value(first)
                .errors(errors),
        )
        .and(
            Field::select(
                language,
                "second",
                language.say("견줄 모델", "Beside it"),
                std::iter::once(none).chain(choices),
            )
            .value(&asked.second),
        )
        .and(Html::trusted("</div>"));
    Form::post(visitor, "/models/sandbox").body(
        Html::empty()
            .and(
                Field::area(language, "question", language.say("물어볼 내용", "Question"))
                    .rows(5)
                    .value(&asked.question)
                    .errors(errors),
            )
            .and(prompt(language, library, asked))
            .and(fields)
            .and(
                Field::select(language, "class", language.say("내용의 등급", "Class of the question"), classes)
                    .hint(
                        language
                            .say("찾은 것이 더 높으면 그 등급을 따릅니다.", "Where more is found, that class holds."),
                    )
                    .value(&asked.class),
            )
            .and(Button::primary(language.say("물어보기", "Ask"))),
    )
}

/// The choice of a prompt, where the library holds any.
fn prompt(language: Language, library: &PromptLibrary, asked: &Asked) -> Html {
    let usable = library.prompts.iter().filter(|(_, prompt)| !prompt.is_withdrawn);
    let choices: Vec<Choice> = usable
        .filter_map(|(id, prompt)| {
            let (number, newest) = prompt.newest()?;
            let version = language.pick(format!("{number}판"), format!("version {number}"));
            Some(Choice::new(id, format!("{} ({version})", newest.title)))
        })
        .collect();
    if choices.is_empty() {
        return Html::empty();
    }
    let none = Choice::new("", language.say("쓰지 않음", "None"));
    let field =
        Field::select(language, "prompt", language.say("지시문", "Prompt"), std::iter::once(none).chain(choices))
            .value(&asked.prompt);
    Html::empty().and(field)
}

/// The question as models see it, with placeholders marked, and the rules that fired.
fn inspected(language: Language, inspected: &Inspected) -> Card {
    let text = Html::trusted("<p class=\"answer-text\">").and(marked(&inspected.masked)).and(Html::trusted("</p>"));
    let mut list = DefinitionList::new()
        .text(language.say("등급", "Class"), words::class(language, inspected.class))
        .text(language.say("가린 것", "Masked"), &{
            let count = inspected.data;
            language.pick(format!("{count}건"), count.to_string())
        });
    if !inspected.fired.is_empty() {
        list = list.markup(language.say("움직인 규칙", "Rules that fired"), fired(language, &inspected.fired));
    }
    Card::new(language.say("모델이 보는 질문", "The question as models see it")).body(text.and(list))
}

pub(super) fn fired(language: Language, fired: &[Screened]) -> Html {
    fired.iter().fold(Html::empty(), |html, fired| {
        let tone = match fired.action {
            Action::Block => Tone::Bad,
            Action::Ask => Tone::Attention,
            Action::Mask => Tone::Active,
            Action::Observe => Tone::Neutral,
        };
        html.and(Tag::new(tone, words::rule(language, &fired.rule))).and(Html::text(" "))
    })
}

/// Placeholders such as `[전화번호#1]` stand out.
pub(super) fn marked(text: &str) -> Html {
    let mut html = Html::empty();
    let mut rest = text;
    while let Some(start) = rest.find('[') {
        let Some(end) = rest[start..].find(']').map(|end| start + end + 1) else { break };
        let inside = &rest[start..end];
        html = html.and(Html::text(&rest[..start]));
        html = if inside.contains('#') {
            html.and(Html::trusted("<mark class=\"masked-datum\">"))
                .and(Html::text(inside))
                .and(Html::trusted("</mark>"))
        } else {
            html.and(Html::text(inside))
        };
        rest = &rest[end..];
    }
    html.and(Html::text(rest))
}

fn answers(language: Language, compared: &Comparison, may_see_calls: bool) -> Html {
    let columns =
        compared.answers.iter().fold(Html::trusted("<div class=\"answer-pair\">"), |html, (model, answer, took)| {
            html.and(Card::new(model).body(answered(language, answer, *took, may_see_calls)))
        });
    columns.and(Html::trusted("</div>"))
}

pub(super) fn answered(
    language: Language,
    answer: &ClientAnswer,
    took: std::time::Duration,
    may_see_calls: bool,
) -> Html {
    if let Some((_, korean, english)) = answer.refusal() {
        let notice = Notice::new(language, NoticeKind::Warning, language.say(korean, english))
            .title(language.say("답을 받지 못했습니다", "No answer"));
        return Html::empty().and(notice);
    }
    let sentence = language.say("이 쓴 답입니다. 확인되지 않았습니다.", "wrote this. Nobody has checked it.");
    let tokens = |name: &str| answer.body["usage"][name].as_u64().unwrap_or(0);
    let figures = DefinitionList::new()
        .text(language.say("걸린 시간", "Took"), &words::duration(language, took.as_micros() as f64))
        .text(
            language.say("토큰 (입력 / 출력)", "Tokens (in / out)"),
            &format!(
                "{} / {}",
                words::count(language, tokens("prompt_tokens")),
                words::count(language, tokens("completion_tokens"))
            ),
        )
        .markup(
            language.say("기록 번호", "On record as"),
            if may_see_calls { words::call(&answer.call) } else { words::account(&answer.call) },
        );
    Html::empty()
        .and(MachineLabel::new(language, sentence))
        .and(Html::trusted("<p class=\"answer-text\">"))
        .and(Html::text(answer.text().unwrap_or_default()))
        .and(Html::trusted("</p>"))
        .and(figures)
}
