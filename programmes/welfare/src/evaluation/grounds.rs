//! Why: a sentence with its article, the facts that mattered with what proves them, the law's figures with their sources.

use maru_rules::explain::{Account, Source, change};
use serde::{Deserialize, Serialize};

/// A fact that mattered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InputUsed {
    /// The variable.
    pub id: String,
    /// Whose.
    pub whose: String,
    /// Its name in Korean.
    pub ko: String,
    /// Its name in English.
    pub en: String,
    /// The value in Korean.
    pub value_ko: String,
    /// The value in English.
    pub value_en: String,
    /// What proves it and who holds it, in Korean.
    pub proof_ko: String,
    /// The same in English.
    pub proof_en: String,
    /// Whether nothing is known of it, so that the law's usual value stands.
    pub assumed: bool,
}

/// A figure of the law that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FigureUsed {
    /// Its name in Korean.
    pub ko: String,
    /// Its name in English.
    pub en: String,
    /// The value in Korean.
    pub value_ko: String,
    /// The value in English.
    pub value_en: String,
    /// The day from which it has this value.
    pub since: Option<String>,
    /// Where the law says so.
    pub source: Option<String>,
    /// The address of that.
    pub address: Option<String>,
    /// How certain it is: L official text, P public body or press, S secondary source, U not verified.
    pub mark: Option<String>,
}

/// Why a benefit is due or not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Grounds {
    /// The reason in Korean.
    pub ko: String,
    /// The reason in English.
    pub en: String,
    /// The article in Korean.
    pub article_ko: String,
    /// The article in English.
    pub article_en: String,
    /// The result in Korean.
    pub result_ko: String,
    /// The result in English.
    pub result_en: String,
    /// The facts that mattered.
    pub inputs: Vec<InputUsed>,
    /// The law's figures that were used.
    pub figures: Vec<FigureUsed>,
}

impl Grounds {
    pub(super) fn of(account: &Account) -> Self {
        let mut grounds =
            Self { result_ko: account.shown.ko.clone(), result_en: account.shown.en.clone(), ..Self::default() };
        if let Some(reason) = &account.reason {
            grounds.ko.clone_from(&reason.text.ko);
            grounds.en.clone_from(&reason.text.en);
            grounds.article_ko.clone_from(&reason.basis.ko);
            grounds.article_en.clone_from(&reason.basis.en);
        }
        for input in account.inputs() {
            grounds.inputs.push(InputUsed {
                id: input.variable.clone(),
                whose: input.instance.clone(),
                ko: input.label.ko.clone(),
                en: input.label.en.clone(),
                value_ko: input.shown.ko.clone(),
                value_en: input.shown.en.clone(),
                proof_ko: input.text.ko.clone(),
                proof_en: input.text.en.clone(),
                assumed: input.source == Source::Usual,
            });
        }
        collect_figures(account, &mut grounds.figures);
        grounds
    }
}

fn collect_figures(account: &Account, found: &mut Vec<FigureUsed>) {
    for figure in &account.figures {
        let known = found.iter().any(|one| one.ko == figure.description.ko && one.value_ko == figure.shown.ko);
        if known {
            continue;
        }
        let (source, address) =
            figure.references.first().cloned().map_or((None, None), |(title, href)| (Some(title), href));
        found.push(FigureUsed {
            ko: figure.description.ko.clone(),
            en: figure.description.en.clone(),
            value_ko: figure.shown.ko.clone(),
            value_en: figure.shown.en.clone(),
            since: figure.since.clone(),
            source,
            address,
            mark: figure.mark.clone(),
        });
    }
    for child in &account.children {
        collect_figures(child, found);
    }
}

/// A fact that would change the result, and the nearest value that does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Change {
    /// The variable.
    pub id: String,
    /// Whose.
    pub whose: String,
    /// Its name in Korean.
    pub ko: String,
    /// Its name in English.
    pub en: String,
    /// Now and then, and the result, in Korean.
    pub words_ko: (String, String, String),
    /// The same in English.
    pub words_en: (String, String, String),
    /// Whether something becomes nothing, or nothing something.
    pub decides: bool,
}

impl Change {
    pub(super) fn of(change: &change::Change) -> Self {
        Self {
            id: change.variable.clone(),
            whose: change.instance.clone(),
            ko: change.label.ko.clone(),
            en: change.label.en.clone(),
            words_ko: (change.now.ko.clone(), change.then.ko.clone(), change.result.ko.clone()),
            words_en: (change.now.en.clone(), change.then.en.clone(), change.result.en.clone()),
            decides: change.what == change::What::Entitlement,
        }
    }
}
