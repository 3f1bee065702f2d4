//! Who is in charge of what by law: the decrees and rules on the organisation of agencies («직제») name every office and, one by one,
//! its duties.

use crate::{error::KnowledgeError, index::KIND_STATUTE, library::Library};

/// Acts on the organisation of agencies have one of these in their titles.
const ORGANISATION: [&str; 2] = ["직제", "사무기구"];
/// What the law says after the name of an office, before its duties: that it divides work, or that it assists somebody.
const IN_CHARGE: [&str; 2] = ["분장한다", "보좌한다"];

/// An office of which the law says what it is in charge of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// Title of the act.
    pub law: String,
    /// The article, such as «제15조».
    pub article: String,
    /// Its head, as the act names it: «도로계획과장».
    pub head: String,
    /// What it is in charge of, in the order of the act.
    pub duties: Vec<String>,
}

/// Offices of the articles in force in their newest versions, in the order of the index.
pub(crate) fn offices(library: &Library) -> Result<Vec<Office>, KnowledgeError> {
    let mut found = Vec::new();
    for (number, place) in (0..).zip(&library.places) {
        let act = library.acts.get(place.act as usize);
        let organises = act.is_some_and(|act| ORGANISATION.iter().any(|word| act.law.contains(word)));
        if place.applies(None) && place.kind() == KIND_STATUTE && organises {
            let passage = library.passage_at(number)?;
            for (head, duties) in offices_of(&passage.text) {
                found.push(Office { law: passage.law.clone(), article: passage.article.clone(), head, duties });
            }
        }
    }
    Ok(found)
}

/// Heads of offices with their duties, in the text of an article.
fn offices_of(text: &str) -> Vec<(String, Vec<String>)> {
    let mut offices: Vec<(String, Vec<String>)> = Vec::new();
    let mut of_an_office = false;
    for line in text.lines().map(str::trim) {
        if let Some(head) = head_of(line) {
            offices.push((head.to_owned(), Vec::new()));
            of_an_office = true;
        } else if let (true, Some(duty), Some((_, duties))) = (of_an_office, duty_of(line), offices.last_mut()) {
            duties.push(duty.to_owned());
        } else if line.starts_with(|letter: char| ('①'..='⑳').contains(&letter) || ('㉑'..='㊿').contains(&letter))
        {
            of_an_office = false;
        }
    }
    offices.retain(|(_, duties)| !duties.is_empty());
    offices
}

/// The head of the office whose duties follow: «⑦ 교통정책총괄과장은 다음 사항을 분장한다.»
fn head_of(line: &str) -> Option<&str> {
    IN_CHARGE.iter().find(|words| line.contains(**words))?;
    let (before, _) = line.split_once(" 다음 ")?;
    let word = before.rsplit(' ').next()?;
    word.strip_suffix(['은', '는']).filter(|head| head.chars().count() > 1)
}

/// A duty without its number and without when it was put in: «3. 도로의 보수 <신설 2020. 1. 1.>».
fn duty_of(line: &str) -> Option<&str> {
    let (number, duty) = line.split_once(". ")?;
    let numbered = number.starts_with(|letter: char| letter.is_ascii_digit())
        && number.chars().all(|letter| letter.is_ascii_digit() || letter == '의');
    let duty = duty.split(" <").next().unwrap_or(duty).trim();
    (numbered && !duty.is_empty() && !duty.starts_with("삭제")).then_some(duty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offices_and_their_duties_are_read() {
        let text = "① 교통물류실장은 고위공무원단에 속하는 일반직공무원으로 보한다.\n② 도로계획과장은 다음 사항을 분장한다. \
                    <개정 2020.12.29>\n  1. 도로의 노선 지정\n  2. 삭제 <2021.1.1>\n  3의2. 도로의 건설 계획 <신설 2021.1.1>\n\
                    ③ 대변인은 다음 사항에 관하여 장관을 보좌한다.\n  1. 보도에 관한 사항\n④ 실장은 다음 각 호의 경우에 위원회를 연다.\n  \
                    1. 필요한 경우";
        let offices = offices_of(text);
        let heads: Vec<&str> = offices.iter().map(|office| office.0.as_str()).collect();
        assert_eq!(heads, ["도로계획과장", "대변인"]);
        assert_eq!(offices[0].1, ["도로의 노선 지정", "도로의 건설 계획"]);
        assert_eq!(offices[1].1, ["보도에 관한 사항"]);
    }
}
