//! What the imported statutes say about a reference.

use std::collections::HashMap;

use jiff::civil::Date;

use super::{
    scan::{Mention, scan},
    titles::{Meaning, SUBORDINATE, Titles, known_titles},
    types::{Citation, CitationStatus},
};
use crate::{article::ArticleNumber, store::ActHeader};

/// An act in one version.
#[derive(Debug)]
struct Version {
    effective: Option<Date>,
    repealed: bool,
    /// Codes of its articles, in order.
    articles: Vec<u32>,
    /// Codes of those whose text is gone, in order.
    deleted: Vec<u32>,
}

impl Version {
    /// Whether this may be the text that a later version changed. Mirrors of the law also hold remnants of acts of the same title (an
    /// ordinance of 1948 with one article): they are not what was in force the day before.
    fn is_forerunner_of(&self, later: &Self) -> bool {
        2 * self.articles.len() >= later.articles.len()
    }
}

/// An act in all its versions, the oldest first.
#[derive(Debug)]
struct Act {
    law: String,
    versions: Vec<Version>,
}

/// Which act a text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// The act of this number, by its title.
    Act(u32),
    /// The same by another name.
    Otherwise(u32),
    /// By an old title; the new title.
    Renamed(String),
    /// By the title of an act that is no more.
    Repealed(String),
    /// By a title that nobody knows.
    Unknown(String),
}

/// A place in a text that cites articles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bridge {
    /// The line of the text, from 0.
    pub(crate) line: usize,
    /// Titles and articles.
    pub(crate) articles: Vec<(String, String)>,
}

/// Knows the acts and finds references to them.
#[derive(Debug)]
pub(crate) struct Resolver {
    acts: Vec<Act>,
    numbers: HashMap<String, u32>,
    pub(super) titles: Titles,
}

impl Resolver {
    pub(crate) fn new(headers: &[ActHeader]) -> Self {
        let mut resolver = Self { acts: Vec::new(), numbers: HashMap::new(), titles: Titles::new() };
        for header in headers {
            resolver.add_version(header);
        }
        for act in &mut resolver.acts {
            act.versions.sort_by_key(|version| version.effective);
        }
        for (number, act) in (0..).zip(&resolver.acts) {
            resolver.titles.add(&act.law, &Meaning::Act(number));
        }
        for known in known_titles() {
            resolver.add_known(known.kind, known.title, known.now);
        }
        resolver
    }

    fn add_version(&mut self, header: &ActHeader) {
        let fresh = u32::try_from(self.acts.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(header.law.clone()).or_insert(fresh);
        if number == fresh {
            self.acts.push(Act { law: header.law.clone(), versions: Vec::new() });
        }
        let Some(act) = self.acts.get_mut(number as usize) else { return };
        let sorted = |codes: &[u32]| {
            let mut codes = codes.to_vec();
            codes.sort_unstable();
            codes
        };
        act.versions.push(Version {
            effective: header.effective,
            repealed: header.repealed,
            articles: sorted(&header.articles),
            deleted: sorted(&header.deleted),
        });
    }

    /// A title that is known beside those of the statutes, and with it its decree and rule.
    fn add_known(&mut self, kind: &str, title: &str, now: &str) {
        for suffix in std::iter::once("").chain(SUBORDINATE) {
            let with = |title: &str| format!("{title} {suffix}").trim_end().to_owned();
            let meaning = match (kind, self.numbers.get(&with(now))) {
                ("repealed", _) => Meaning::Repealed,
                ("abbreviation", Some(number)) => Meaning::Abbreviation(*number),
                ("abbreviation", None) => continue,
                _ => Meaning::Renamed(with(now)),
            };
            self.titles.add(&with(title), &meaning);
        }
    }

    /// Every reference to law in a text, in order.
    pub(crate) fn resolve(&self, text: &str, on: Date) -> Vec<Citation> {
        scan(self, text).into_iter().map(|mention| self.citation(mention, on)).collect()
    }

    fn citation(&self, mention: Mention, on: Date) -> Citation {
        let Mention { start, end, named, written, article, part } = mention;
        let judged = self.judge(&named, article, on);
        let law = self.title(&named);
        Citation {
            start,
            end,
            written: (written != law).then_some(written),
            law,
            article: article.map(|article| article.to_string()).unwrap_or_default(),
            part,
            status: judged.status,
            target: judged.target,
            effective: judged.effective,
        }
    }

    /// Title as it goes today.
    pub(super) fn title(&self, named: &Named) -> String {
        match named {
            Named::Act(number) | Named::Otherwise(number) => {
                self.acts.get(*number as usize).map(|act| act.law.clone()).unwrap_or_default()
            }
            Named::Renamed(title) | Named::Repealed(title) | Named::Unknown(title) => title.clone(),
        }
    }

    fn judge(&self, named: &Named, article: Option<ArticleNumber>, on: Date) -> Judged {
        let (act, status) = match named {
            Named::Act(number) | Named::Otherwise(number) => (self.acts.get(*number as usize), None),
            Named::Renamed(title) => {
                let act = self.numbers.get(title).and_then(|number| self.acts.get(*number as usize));
                (act, Some(CitationStatus::Renamed))
            }
            Named::Repealed(_) => (None, Some(CitationStatus::Repealed)),
            Named::Unknown(_) => (None, Some(CitationStatus::Unknown)),
        };
        let Some(act) = act else { return Judged::only(status.unwrap_or(CitationStatus::Unknown)) };
        let judged = act.judge(article, on);
        match status {
            Some(status) => Judged { status, ..judged },
            None => judged,
        }
    }

    /// What a title in quotation marks stands for.
    pub(super) fn named(&self, title: &str) -> Option<Named> {
        self.titles.find_loose(title).map(|meaning| Named::of(meaning, title))
    }

    /// The act whose title this is exactly.
    pub(super) fn exactly(&self, title: &str) -> Option<Named> {
        self.titles.find(title).map(|meaning| Named::of(meaning, title))
    }

    /// The places of a text that cite articles, line by line.
    pub(crate) fn bridges(&self, text: &str) -> Vec<Bridge> {
        let mentions = scan(self, text);
        let mut bridges: Vec<Bridge> = Vec::new();
        let mut line = 0;
        let mut characters = text.chars();
        let mut place = 0;
        for mention in mentions {
            let between = characters.by_ref().take(mention.start.saturating_sub(place));
            line += between.filter(|character| *character == '\n').count();
            place = place.max(mention.start);
            let Some(article) = mention.article.filter(|article| self.exists(&mention.named, *article)) else {
                continue;
            };
            let cited = (self.title(&mention.named), article.to_string());
            match bridges.last_mut() {
                Some(bridge) if bridge.line == line => {
                    if !bridge.articles.contains(&cited) {
                        bridge.articles.push(cited);
                    }
                }
                _ => bridges.push(Bridge { line, articles: vec![cited] }),
            }
        }
        bridges
    }

    /// The articles that a reference such as «폐기물관리법 제14조» names, those that exist.
    pub(crate) fn articles_of(&self, reference: &str) -> Vec<(String, String)> {
        self.bridges(reference).into_iter().flat_map(|bridge| bridge.articles).collect()
    }

    fn exists(&self, named: &Named, article: ArticleNumber) -> bool {
        let act = self.numbers.get(&self.title(named)).and_then(|number| self.acts.get(*number as usize));
        let newest = act.and_then(|act| act.versions.last());
        newest.is_some_and(|version| {
            let code = article.code();
            version.articles.binary_search(&code).is_ok() && version.deleted.binary_search(&code).is_err()
        })
    }
}

impl Named {
    pub(super) fn of(meaning: &Meaning, title: &str) -> Self {
        match meaning {
            Meaning::Act(number) => Self::Act(*number),
            Meaning::Abbreviation(number) => Self::Otherwise(*number),
            Meaning::Renamed(title) => Self::Renamed(title.clone()),
            Meaning::Repealed => Self::Repealed(title.trim().to_owned()),
        }
    }
}

struct Judged {
    status: CitationStatus,
    target: Option<String>,
    effective: Option<Date>,
}

impl Judged {
    fn only(status: CitationStatus) -> Self {
        Self { status, target: None, effective: None }
    }
}

impl Act {
    /// The version that applies on a day. An act whose oldest known version comes later has been in force in a version that was not
    /// imported, as a rule: that oldest one stands for it.
    fn on(&self, day: Date) -> Option<&Version> {
        let begun = |version: &Version| version.effective.is_none_or(|effective| effective <= day);
        let mut applies = self.versions.iter().rev();
        let mut later = applies.next()?;
        for version in applies {
            if begun(later) || !version.is_forerunner_of(later) {
                break;
            }
            later = version;
        }
        Some(later)
    }

    fn judge(&self, article: Option<ArticleNumber>, on: Date) -> Judged {
        let Some(version) = self.on(on) else { return Judged::only(CitationStatus::Unknown) };
        let effective = version.effective;
        if version.repealed {
            return Judged { status: CitationStatus::Repealed, target: None, effective };
        }
        let Some(article) = article else { return Judged { status: CitationStatus::InForce, target: None, effective } };
        let code = article.code();
        let has = |version: &Version| version.articles.binary_search(&code).is_ok();
        if has(version) {
            let gone = version.deleted.binary_search(&code).is_ok();
            let status = if gone { CitationStatus::Repealed } else { CitationStatus::InForce };
            return Judged { status, target: Some(self.identifier(version, article)), effective };
        }
        let was_there = self.versions.iter().any(|other| other.effective < version.effective && has(other));
        let status = if was_there { CitationStatus::Repealed } else { CitationStatus::Unknown };
        Judged { status, target: None, effective }
    }

    fn identifier(&self, version: &Version, article: ArticleNumber) -> String {
        let is_newest = self.versions.last().is_some_and(|newest| newest.effective == version.effective);
        match version.effective {
            Some(date) if !is_newest => format!("statute:{}@{date}/{article}", self.law),
            _ => format!("statute:{}/{article}", self.law),
        }
    }
}
