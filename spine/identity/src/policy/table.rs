//! The whole table of who may do what, for people to read and to review when it changes.

use std::fmt::Write as _;

use super::Policies;
use crate::{
    resource::{Resource, ResourceKind},
    role::{Principal, Role},
};

/// How somebody stands to what they want to act upon: one column of the table.
struct Standing {
    role: Option<Role>,
    korean: &'static str,
    english: &'static str,
    resource: fn(Resource) -> Resource,
}

/// Those in the table, as accounts and departments.
const SELF: &str = "self";
const OWN_DEPARTMENT: &str = "own";

const fn standing(
    role: Option<Role>,
    korean: &'static str,
    english: &'static str,
    resource: fn(Resource) -> Resource,
) -> Standing {
    Standing { role, korean, english, resource }
}

/// Another's case in another department.
fn foreign(resource: Resource) -> Resource {
    resource.owned_by("somebody-else").in_department("other")
}

/// Columns of kinds that belong to a person and a department.
const STANDINGS: &[Standing] = &[
    standing(None, "누구나", "stranger", foreign),
    standing(None, "누구나, 코드 제시", "stranger with code", |it| foreign(it).with_code()),
    standing(Some(Role::Citizen), "민원인, 자기 것", "citizen, own", |it| foreign(it).owned_by(SELF)),
    standing(Some(Role::Citizen), "민원인, 남의 것", "citizen, another's", foreign),
    standing(Some(Role::Official), "공무원, 담당 부서", "official, own department", |it| {
        foreign(it).in_department(OWN_DEPARTMENT)
    }),
    standing(Some(Role::Official), "공무원, 관련 부서", "official, involved department", |it| {
        foreign(it).involving([OWN_DEPARTMENT.to_owned()])
    }),
    standing(Some(Role::Official), "공무원, 다른 부서", "official, other department", foreign),
    standing(Some(Role::Supervisor), "책임자, 담당 부서", "supervisor, own department", |it| {
        foreign(it).in_department(OWN_DEPARTMENT)
    }),
    standing(Some(Role::Supervisor), "책임자, 관련 부서", "supervisor, involved department", |it| {
        foreign(it).involving([OWN_DEPARTMENT.to_owned()])
    }),
    standing(Some(Role::Supervisor), "책임자, 다른 부서", "supervisor, other department", foreign),
    standing(Some(Role::Administrator), "관리자", "administrator", foreign),
    standing(Some(Role::Auditor), "감사", "auditor", foreign),
    standing(Some(Role::Auditor), "감사, 사유 기재", "auditor with reason", |it| foreign(it).with_reason()),
];

/// Columns of kinds of which it does not matter whose one is.
const PLAIN_STANDINGS: &[Standing] = &[
    standing(None, "누구나", "stranger", |it| it),
    standing(Some(Role::Citizen), "민원인", "citizen", |it| it),
    standing(Some(Role::Official), "공무원", "official", |it| it),
    standing(Some(Role::Supervisor), "책임자", "supervisor", |it| it),
    standing(Some(Role::Administrator), "관리자", "administrator", |it| it),
    standing(Some(Role::Auditor), "감사", "auditor", |it| it),
];

/// The table role × action for each of `kinds`, as Markdown in Korean and English: who may do what, to what, and by
/// which policy. It comes from asking the policies, not from reading them.
pub fn policy_table(policies: &Policies, kinds: &[ResourceKind]) -> String {
    let mut text = "# 권한 표 · Who may do what\n\n\
        정책 파일에 물어서 만든 표입니다. 고치려면 정책 파일을 고치고 다시 만드십시오.\n\
        Made by asking the policies: to change it, change the policies and make it again.\n\n\
        `○` 할 수 있음 allowed · `·` 할 수 없음 refused · `✕` 명시적으로 금지 forbidden, whatever else is permitted\n"
        .to_owned();
    for kind in kinds {
        let _ = write!(text, "\n## {} · {} (`{}`)\n\n", kind.korean, kind.english, kind.kind);
        add_matrix(&mut text, policies, kind);
        add_reasons(&mut text, policies, kind);
    }
    text
}

fn standings(kind: &ResourceKind) -> &'static [Standing] {
    if kind.belongs { STANDINGS } else { PLAIN_STANDINGS }
}

fn ask(policies: &Policies, kind: &ResourceKind, action: &str, standing: &Standing) -> super::Decision {
    let principal = standing.role.map(|role| Principal {
        account: SELF.to_owned(),
        name: String::new(),
        role,
        department: role.needs_department().then(|| OWN_DEPARTMENT.to_owned()),
    });
    let resource = (standing.resource)(Resource::new(kind.kind, "1"));
    policies.decide(principal.as_ref(), action, &resource)
}

fn add_matrix(text: &mut String, policies: &Policies, kind: &ResourceKind) {
    let standings = standings(kind);
    let heads: Vec<String> = standings.iter().map(|it| format!("{}<br>{}", it.korean, it.english)).collect();
    let _ = writeln!(text, "| 행위 · action | {} |", heads.join(" | "));
    let _ = writeln!(text, "|---|{}", ":-:|".repeat(standings.len()));
    for action in kind.actions {
        let marks: Vec<&str> = standings
            .iter()
            .map(|standing| {
                let decision = ask(policies, kind, action.action, standing);
                match (decision.allowed, decision.reasons.is_empty()) {
                    (true, _) => "○",
                    (false, true) => "·",
                    (false, false) => "✕",
                }
            })
            .collect();
        let _ =
            writeln!(text, "| {} · {} `{}` | {} |", action.korean, action.english, action.action, marks.join(" | "));
    }
}

/// The policies that decided anything above, once each.
fn add_reasons(text: &mut String, policies: &Policies, kind: &ResourceKind) {
    let mut reasons: Vec<_> = kind
        .actions
        .iter()
        .flat_map(|action| standings(kind).iter().map(move |standing| ask(policies, kind, action.action, standing)))
        .flat_map(|decision| decision.reasons)
        .collect();
    reasons.sort_by(|one, other| one.policy.cmp(&other.policy));
    reasons.dedup();
    text.push('\n');
    for reason in reasons {
        let _ = writeln!(text, "- `{}`: {} {}", reason.policy, reason.korean, reason.english);
    }
}
