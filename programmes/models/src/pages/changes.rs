//! One change of the registry: what it changes, who proposed it, and the decision.

use maru_gateway::{Change, ChangeState, ProposedChange, Purpose, Registry, RegistryState};
use maru_web::{
    Html, Language, Page, PageKind, Visitor,
    components::{Button, Card, DefinitionList, Field, Form, Notice, NoticeKind, Table},
};
use serde_json::{Value, json};

use super::{documents, under_registry, words};

pub(super) fn page(visitor: &Visitor, state: &RegistryState, id: &str, may_decide: bool) -> Option<Page> {
    let language = visitor.language;
    let known = state.changes.get(id)?;
    let mut body = Html::empty().and(about(language, known)).and(differences(language, &state.registry, known));
    if let Change::PutModel(model) = &known.change
        && known.state == ChangeState::Proposed
    {
        body = body.and(documents::evaluations(language, state, &model.id));
    }
    let is_own = visitor.principal.as_ref().is_some_and(|principal| principal.account == known.by);
    if known.state == ChangeState::Proposed && (may_decide || is_own) {
        body = body.and(decision(visitor, id, is_own));
    }
    let page = under_registry(visitor, words::change(language, &known.change), PageKind::Official)
        .actions(words::change_tag(language, known.state))
        .body(body);
    Some(page)
}

fn about(language: Language, known: &ProposedChange) -> DefinitionList {
    let list = DefinitionList::new()
        .text(language.say("까닭", "Reason"), &known.reason)
        .markup(language.say("제안", "Proposed"), who(language, &known.by, known.at));
    let Some(decision) = &known.decision else { return list };
    let list = list.markup(language.say("결정", "Decided"), who(language, &decision.by, decision.at));
    if decision.note.is_empty() { list } else { list.text(language.say("결정 의견", "Note"), &decision.note) }
}

fn who(language: Language, account: &str, at: jiff::Timestamp) -> Html {
    words::account(account).and(Html::text(&format!(" · {}", language.date_time(at))))
}

/// What stands in the registry under the name that the change puts anew.
fn before(registry: &Registry, change: &Change) -> Value {
    match change {
        Change::PutModel(model) => json!(registry.model(&model.id)),
        Change::PutBackend(backend) => json!(registry.backends.iter().find(|known| known.id == backend.id)),
        Change::PutToolServer(server) => json!(registry.tool_servers.iter().find(|known| known.id == server.id)),
        Change::PutKey(key) => json!(registry.keys.iter().find(|known| known.id == key.id)),
        Change::PutPurpose(purpose) => {
            let same = |known: &&Purpose| (&known.id, &known.agency) == (&purpose.id, &purpose.agency);
            json!(registry.purposes.iter().find(same))
        }
        Change::PutPolicy(_) => json!(registry.policy),
        Change::PutAgencyPolicy { agency, .. } => {
            json!(registry.agency_policies.get(agency).unwrap_or(&registry.policy))
        }
        Change::WithdrawAgencyPolicy(agency) => json!(registry.agency_policies.get(agency)),
        _ => Value::Null,
    }
}

fn after(registry: &Registry, change: &Change) -> Value {
    match change {
        Change::PutModel(model) => json!(model),
        Change::PutBackend(backend) => json!(backend),
        Change::PutToolServer(server) => json!(server),
        Change::PutKey(key) => json!(key),
        Change::PutPurpose(purpose) => json!(purpose),
        Change::PutPolicy(policy) => json!(policy),
        Change::PutAgencyPolicy { policy, .. } => json!(policy),
        Change::WithdrawAgencyPolicy(_) => json!(registry.policy),
        _ => Value::Null,
    }
}

/// Field by field: what stands there now, and what would. Of a change that was decided only what it put.
fn differences(language: Language, registry: &Registry, known: &ProposedChange) -> Html {
    let new = after(registry, &known.change);
    let Some(fields) = new.as_object() else { return Html::empty() };
    let is_waiting = known.state == ChangeState::Proposed;
    let old = if is_waiting { before(registry, &known.change) } else { Value::Null };
    let title = language.say("무엇이 바뀌나", "What changes");
    let mut table = Table::new(title).column(language.say("항목", "Field"));
    if is_waiting {
        table = table.column(language.say("지금", "Now"));
    }
    table = table.column(language.say("바뀐 뒤", "Then"));
    let mut any = false;
    for (name, value) in fields {
        let was = old.get(name).unwrap_or(&Value::Null);
        if was == value || (old.is_null() && is_empty(value)) {
            continue;
        }
        any = true;
        let name = Html::trusted("<code>").and(Html::text(name)).and(Html::trusted("</code>"));
        let cells = if is_waiting { vec![name, shown(was), shown(value)] } else { vec![name, shown(value)] };
        table = table.row(cells);
    }
    if any {
        return Html::empty().and(table);
    }
    let text = language.say("지금 등록된 것과 같습니다.", "It is the same as what stands in the registry now.");
    Html::empty().and(Notice::new(language, NoticeKind::Information, text))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(is_set) => !is_set,
        Value::Number(_) => false,
    }
}

/// A value for reading: a list item by item.
fn shown(value: &Value) -> Html {
    match value {
        Value::Null => Html::text("–"),
        Value::String(text) => Html::text(text),
        Value::Array(items) if items.is_empty() => Html::text("–"),
        Value::Array(items) => {
            let items = items.iter().fold(Html::trusted("<ul>"), |list, item| {
                list.and(Html::trusted("<li>")).and(shown(item)).and(Html::trusted("</li>"))
            });
            items.and(Html::trusted("</ul>"))
        }
        Value::Object(fields) => {
            let pairs = fields.iter().filter(|(_, value)| !is_empty(value));
            let pairs = pairs.map(|(name, value)| match value {
                Value::String(text) => format!("{name}: {text}"),
                value => format!("{name}: {value}"),
            });
            Html::text(&pairs.collect::<Vec<_>>().join(", "))
        }
        value => Html::text(&value.to_string()),
    }
}

fn decision(visitor: &Visitor, id: &str, is_own: bool) -> Html {
    let language = visitor.language;
    let note = Field::text(language, "note", language.say("결정 의견", "Note"))
        .hint(
            language
                .say("무엇을 확인했는지, 또는 왜 반려하는지 적어 주세요.", "What you checked, or why you reject it."),
        )
        .longest(500);
    let reject = Button::secondary(if is_own {
        language.say("제안 거두기", "Take it back")
    } else {
        language.say("반려", "Reject")
    });
    let reject = reject.sends_to(format!("/models/changes/{id}/reject"));
    let mut buttons = Html::trusted("<p class=\"button-row\">");
    if !is_own {
        buttons = buttons.and(Button::primary(language.say("승인", "Approve"))).and(Html::text(" "));
    }
    let buttons = buttons.and(reject).and(Html::trusted("</p>"));
    let form = Form::post(visitor, format!("/models/changes/{id}/approve")).body(Html::empty().and(note).and(buttons));
    let mut body = Html::empty();
    if is_own {
        let text = language.say(
            "내가 제안한 변경입니다. 다른 사람이 승인해야 합니다.",
            "You proposed this change. Another person must approve it.",
        );
        body = body.and(Notice::new(language, NoticeKind::Information, text));
    }
    Html::empty().and(Card::new(language.say("결정", "Decision")).body(body.and(form)))
}
