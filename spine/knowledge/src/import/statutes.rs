//! Statutes: one article per JSON line, or one Markdown file per act.

use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;

use super::lines::{any_text, text_list};
use super::matter::FrontMatter;
use crate::{
    article::ArticleNumber,
    store::{Act, Article},
};

/// A line of the statutes' file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct StatuteLine {
    #[serde(deserialize_with = "any_text")]
    law: String,
    #[serde(deserialize_with = "any_text")]
    kind: String,
    #[serde(deserialize_with = "text_list")]
    ministry: Vec<String>,
    #[serde(deserialize_with = "any_text")]
    effective: String,
    #[serde(deserialize_with = "any_text")]
    article: String,
    #[serde(deserialize_with = "any_text")]
    heading: String,
    #[serde(deserialize_with = "any_text")]
    text: String,
    #[serde(deserialize_with = "any_text")]
    url: String,
    #[serde(deserialize_with = "any_text")]
    state: String,
}

impl StatuteLine {
    /// The act that the line belongs to, with this one article; or what is wrong.
    pub(super) fn into_act(self) -> Result<Act, String> {
        let law = self.law.trim().to_owned();
        if law.is_empty() {
            return Err("the field `law` (title of the act) is missing or empty".to_owned());
        }
        if ArticleNumber::parse(&self.article).is_none() {
            return Err("the field `article` is not of the form 제3조 or 제3조의2".to_owned());
        }
        let effective = parse_date(&self.effective)?;
        let article = Article { article: self.article.trim().to_owned(), heading: self.heading, text: self.text };
        let repealed = self.state.contains("폐지");
        let (kind, ministry, url) = (self.kind, self.ministry, self.url);
        Ok(Act { law, kind, ministry, effective, url, repealed, articles: vec![article] })
    }
}

/// `2026-06-08`, `20260608` or nothing.
fn parse_date(text: &str) -> Result<Option<Date>, String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return Ok(None);
    }
    let wrong = || "the date in force is not of the form 2026-06-08".to_owned();
    if digits.len() != 8 {
        return Err(wrong());
    }
    format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..]).parse().map(Some).map_err(|_| wrong())
}

/// Reads an act from Markdown: front matter with 제목, 법령구분, 소관부처, 시행일자, 상태, 출처 (or their English names), then one heading per
/// article, «##### 제1조 (목적)», with its text below.
pub(super) fn act_from_markdown(path: &Path, text: &str) -> Result<Act, String> {
    let (matter, body) =
        FrontMatter::split(text).ok_or("it does not begin with front matter between two lines of ---")?;
    let file_name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let title = matter.text(&["제목", "법령명", "title", "law"]).unwrap_or_else(|| file_name.to_owned());
    let mut act = Act {
        law: title.trim().to_owned(),
        kind: matter.text(&["법령구분", "kind"]).unwrap_or_default(),
        ministry: matter.list(&["소관부처", "ministry"]),
        effective: parse_date(&matter.text(&["시행일자", "시행일", "effective"]).unwrap_or_default())?,
        url: matter.text(&["출처", "source", "url"]).unwrap_or_default(),
        repealed: matter.text(&["상태", "state", "status"]).is_some_and(|state| state.contains("폐지")),
        articles: Vec::new(),
    };
    let mut in_supplement = false;
    for line in body.lines() {
        if let Some(heading) = line.strip_prefix('#') {
            let heading = heading.trim_start_matches('#').trim();
            // Supplementary provisions number their articles from 1 again.
            in_supplement |= heading.starts_with("부칙");
            if let Some(article) = article_heading(heading).filter(|_| !in_supplement) {
                act.articles.push(article);
                continue;
            }
            if heading.starts_with('제') || heading.starts_with("부칙") || heading == act.law {
                // A chapter ends the article before it.
                act.articles.push(Article::default());
            }
            continue;
        }
        if let Some(article) = act.articles.last_mut().filter(|_| !in_supplement) {
            article.text.push_str(&line.replace("**", "").replace('\\', ""));
            article.text.push('\n');
        }
    }
    act.articles.retain(|article| !article.article.is_empty());
    for article in &mut act.articles {
        article.text = article.text.trim().to_owned();
    }
    if act.articles.is_empty() && !act.repealed {
        return Err("it has no heading of the form «##### 제1조 (목적)»".to_owned());
    }
    Ok(act)
}

/// «제3조의2 (정의)», «제3조의2(정의)» or «제3조의2».
fn article_heading(heading: &str) -> Option<Article> {
    let (number, rest) = heading.split_once(['(', ' ']).unwrap_or((heading, ""));
    ArticleNumber::parse(number)?;
    let rest = rest.trim().trim_start_matches('(');
    let title = rest.rsplit_once(')').map_or(rest, |(title, _)| title);
    Some(Article { article: number.trim().to_owned(), heading: title.trim().to_owned(), text: String::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_in_markdown() {
        let text = "---\n제목: 시험법\n법령구분: 법률\n소관부처:\n- 법무부\n- 행정안전부\n시행일자: 2026-03-17\n상태: 시행\n출처: https://example.kr/시험법\n---\n\n\
                    # 시험법\n\n## 제1장 총칙\n\n##### 제1조 (목적)\n\n이 법은 **시험**한다.\n\n## 제2장 본칙\n\n##### 제2조의2 (정의 등)\n\n**①** 가\n  **1\\.** 나\n\n\
                    ## 부칙\n\n##### 제1조 (시행일)\n\n오늘.\n";
        let act = act_from_markdown(Path::new("시험법.md"), text).unwrap();
        assert_eq!((act.law.as_str(), act.kind.as_str(), act.ministry.len()), ("시험법", "법률", 2));
        assert_eq!(act.effective, Some(jiff::civil::date(2026, 3, 17)));
        let articles: Vec<_> =
            act.articles.iter().map(|one| (one.article.as_str(), one.heading.as_str(), one.text.as_str())).collect();
        assert_eq!(articles, [("제1조", "목적", "이 법은 시험한다."), ("제2조의2", "정의 등", "① 가\n  1. 나")]);
    }

    #[test]
    fn what_is_wrong_with_a_line_is_said() {
        let line = |json| serde_json::from_str::<StatuteLine>(json).unwrap().into_act();
        assert!(line(r#"{"article":"제1조"}"#).unwrap_err().contains("`law`"));
        assert!(line(r#"{"law":"민법","article":"1"}"#).unwrap_err().contains("`article`"));
        assert!(line(r#"{"law":"민법","article":"제1조","effective":"someday 1"}"#).unwrap_err().contains("date"));
        assert!(line(r#"{"law":"민법","article":"제1조","ministry":"법무부"}"#).is_ok());
    }
}
