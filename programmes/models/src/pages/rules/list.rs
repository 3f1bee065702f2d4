//! The rules in force: those of all agencies, and of those that have their own.

use std::collections::BTreeMap;

use maru_gateway::{Action, PolicySettings, Registry};
use maru_web::{
    Html, Language, Page, Visitor,
    components::{Button, Card, DefinitionList},
};

use super::action_words;
use crate::pages::parts::{self, Part};

pub(super) fn page(visitor: &Visitor, registry: &Registry, may_propose: bool) -> Page {
    let language = visitor.language;
    let lead = language.say(
        "모델에 보내기 전과 답을 받은 뒤에 무엇을 찾아 어떻게 하는지 정합니다. 기관마다 따로 둘 수 있습니다.",
        "What is looked for before a text leaves for a model and after it answers, and what happens then. An agency may have its own.",
    );
    let all = language.say("모든 기관", "All agencies");
    let mut body = summary(language, all, &registry.policy, may_propose.then(|| "/models/rules/change".to_owned()));
    for (agency, policy) in &registry.agency_policies {
        let mut address = form_urlencoded::Serializer::new("/models/rules/change?".to_owned());
        address.append_pair("agency", agency);
        body = body.and(summary(language, agency, policy, may_propose.then(|| address.finish())));
    }
    let page = parts::list_page(visitor, Part::Rules, lead, body);
    if !may_propose {
        return page;
    }
    let label = language.say("한 기관의 규칙 따로 정하기", "Rules of one agency");
    page.actions(Html::empty().and(Button::secondary(label).link("/models/rules/change?new=yes")))
}

fn summary(language: Language, whose: &str, policy: &PolicySettings, change: Option<String>) -> Html {
    let act = |action: Action| action_words(language, action);
    let kept = match (policy.keep_contents, policy.retention_months) {
        (false, _) => language.say("보관하지 않음", "not kept").to_owned(),
        (true, Some(months)) => {
            language.pick(format!("그달 뒤 {months}개월"), format!("{months} months after the month"))
        }
        (true, None) => language.say("기간을 정하지 않음", "no end set").to_owned(),
    };
    let own = |map: &BTreeMap<String, Action>| {
        let said: Vec<String> = map.iter().map(|(name, action)| format!("{name}: {}", act(*action))).collect();
        if said.is_empty() { language.say("처음 정해진 대로", "as shipped").to_owned() } else { said.join(", ") }
    };
    let topics: Vec<String> =
        policy.topics.iter().map(|topic| format!("{}: {}", topic.id, act(topic.action))).collect();
    let topics = if topics.is_empty() { language.say("없음", "none").to_owned() } else { topics.join(", ") };
    let list = DefinitionList::new()
        .text(language.say("요청의 개인정보", "Personal data in requests"), act(policy.personal_data))
        .text(language.say("요청의 비밀값", "Secrets in requests"), act(policy.secrets))
        .text(language.say("답변의 개인정보", "Personal data in answers"), act(policy.leaked_personal_data))
        .text(language.say("답변의 비밀값", "Secrets in answers"), act(policy.leaked_secrets))
        .text(language.say("명령 주입", "Injection"), &own(&policy.injection))
        .text(language.say("유해한 답변", "Unsafe answers"), &own(&policy.unsafe_content))
        .text(language.say("금지한 주제", "Forbidden topics"), &topics)
        .text(language.say("근거 없는 답변", "Answers without grounds"), act(policy.ungrounded))
        .text(language.say("가린 내용의 보관", "Masked texts are kept"), &kept);
    let mut card = Card::new(whose).body(Html::empty().and(list));
    if let Some(address) = change {
        card = card
            .actions(Html::empty().and(Button::secondary(language.say("변경 제안", "Propose a change")).link(address)));
    }
    Html::empty().and(card)
}
