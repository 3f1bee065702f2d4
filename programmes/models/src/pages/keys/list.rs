//! The list of keys, with what each spends.

use maru_gateway::{KeyScope, Registry, Spending};
use maru_web::{
    Html, Page, Visitor,
    components::{Table, Tag, Tone},
};

use super::{spending, written::last_day};
use crate::pages::{
    parts::{self, ListWords, Part},
    words,
};

pub(super) fn page(visitor: &Visitor, registry: &Registry, spending: Option<&[Spending]>, may_propose: bool) -> Page {
    let language = visitor.language;
    let lead = language.say(
        "시스템마다 키가 하나씩 있고, 키마다 용도와 한도가 정해져 있습니다. 키 자체는 어디에도 저장하지 않습니다.",
        "Each system has a key, and each key its purpose and its limits. The keys themselves are kept nowhere.",
    );
    let words = ListWords {
        lead,
        propose: language.say("키 발급 제안", "Propose a key"),
        nothing: language.say("아직 키가 없습니다", "There are no keys yet"),
        how: parts::how_one_comes(language),
    };
    let table = (!registry.keys.is_empty()).then(|| {
        let spent = spending.map(|spending| spending::table(visitor, registry, spending)).unwrap_or_default();
        Html::empty().and(keys(visitor, registry, may_propose)).and(spent)
    });
    parts::listed(visitor, Part::Keys, &words, (Html::empty(), table), may_propose)
}

fn keys(visitor: &Visitor, registry: &Registry, may_propose: bool) -> Table {
    let language = visitor.language;
    let mut table = Table::new(language.say("키", "Keys"))
        .hidden_caption()
        .column(language.say("키", "Key"))
        .column(language.say("기관과 시스템", "Agency and system"))
        .column(language.say("용도", "Purpose"))
        .column(language.say("쓸 수 있는 모델", "Models"))
        .column(language.say("등급", "Class"))
        .column(language.say("유효 기간", "Holds until"));
    for key in &registry.keys {
        let id = Html::text(&key.id);
        let name = if may_propose { Html::trusted(format!("<a href=\"/models/keys/{id}\">{id}</a>")) } else { id };
        let models = if key.models.is_empty() {
            language.say("승인된 모델 모두", "all approved ones").to_owned()
        } else {
            key.models.join(", ")
        };
        table = table.row([
            name,
            Html::text(&format!("{} · {}", key.agency, key.system)),
            Html::text(&key.purpose),
            Html::text(&models),
            Html::text(words::class(language, key.highest_class)),
            holds_until(visitor, key),
        ]);
    }
    table
}

fn holds_until(visitor: &Visitor, key: &KeyScope) -> Html {
    let language = visitor.language;
    let Some(end) = key.expires else { return Html::text(language.say("정하지 않음", "no end set")) };
    let date = Html::text(&language.date(last_day(end)));
    if key.has_expired(visitor.now) {
        return date.and(Html::text(" ")).and(Tag::new(Tone::Bad, language.say("끝남", "over")));
    }
    date
}
