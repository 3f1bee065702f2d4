//! Who may do what: what the law says, and that nothing else is allowed.

use maru_identity::{
    ActionKind, BUILT_IN_KINDS, Policies, PolicyError, PolicySource, Principal, Resource, ResourceKind, Role,
    policy_table,
};
use proptest::prelude::*;

fn policies() -> Policies {
    Policies::built_in().unwrap()
}

fn principal(role: Role, department: Option<&str>) -> Principal {
    Principal { account: "self".into(), name: "이름".into(), role, department: department.map(str::to_owned) }
}

fn official() -> Principal {
    principal(Role::Official, Some("roads"))
}

fn inquiry() -> Resource {
    Resource::new("inquiry", "1").owned_by("gil-dong").in_department("tax")
}

/// Which of the actions on inquiries are allowed.
fn allowed(principal: Option<&Principal>, resource: &Resource) -> Vec<&'static str> {
    let policies = policies();
    let actions = BUILT_IN_KINDS[0].actions.iter().map(|action| action.action);
    actions.filter(|action| policies.decide(principal, action, resource).allowed).collect()
}

#[test]
fn strangers_file_and_see_nothing_without_the_code() {
    assert_eq!(allowed(None, &inquiry()), ["submit"]);
    let petitioner = [
        "submit",
        "read",
        "read-personal",
        "correct-understanding",
        "complete",
        "withdraw",
        "object",
        "rate",
        "download-proof",
    ];
    assert_eq!(allowed(None, &inquiry().with_code()), petitioner);
    let citizen = principal(Role::Citizen, None);
    assert_eq!(allowed(Some(&citizen), &inquiry()), ["submit"]);
    assert_eq!(allowed(Some(&citizen), &inquiry().owned_by("self")), petitioner);
    assert_eq!(allowed(Some(&citizen), &inquiry().with_code()), petitioner);
}

#[test]
fn departments_handle_their_own_and_supervisors_decide() {
    let handling = [
        "submit",
        "read",
        "read-personal",
        "list-queue",
        "correct-understanding",
        "edit-draft",
        "approve",
        "transfer",
        "extend",
        "request-completion",
        "download-proof",
        "read-statistics",
    ];
    let own = inquiry().in_department("roads");
    assert_eq!(allowed(Some(&official()), &own), handling);
    assert_eq!(allowed(Some(&official()), &inquiry()), ["submit", "read-statistics"]);
    let involved = inquiry().involving(["roads".to_owned()]);
    assert_eq!(allowed(Some(&official()), &involved), ["submit", "read", "read-statistics"]);
    // A code is for petitioners; an official gains nothing by one.
    assert_eq!(allowed(Some(&official()), &inquiry().with_code().with_reason()), ["submit", "read-statistics"]);
    let supervisor = principal(Role::Supervisor, Some("roads"));
    let more: Vec<_> = allowed(Some(&supervisor), &own).into_iter().filter(|it| !handling.contains(it)).collect();
    assert_eq!(more, ["extend-again", "decide-objection"]);
    assert_eq!(allowed(Some(&supervisor), &inquiry()), ["submit", "read-statistics"]);
}

#[test]
fn auditors_look_and_administrators_do_not() {
    let auditor = principal(Role::Auditor, None);
    let looking = ["read", "list-queue", "download-proof", "read-statistics"];
    assert_eq!(allowed(Some(&auditor), &inquiry()), looking);
    assert!(allowed(Some(&auditor), &inquiry().with_reason()).contains(&"read-personal"));
    let administrator = principal(Role::Administrator, Some("tax"));
    let everything = inquiry().owned_by("self").with_code().with_reason().involving(["tax".to_owned()]);
    assert_eq!(allowed(Some(&administrator), &everything), ["read-statistics"]);
    let forbidden = policies().decide(Some(&administrator), "read", &everything);
    assert_eq!(forbidden.reasons[0].policy, "administrators-never-see-contents");
    assert!(forbidden.reason_ko.contains("개인정보 보호법 제28조제1항"));
}

#[test]
fn those_who_run_the_system_do_not_audit_it() {
    let policies = policies();
    let may = |role: Role, action: &str| {
        policies.decide(Some(&principal(role, None)), action, &Resource::new("system", "")).allowed
    };
    for action in BUILT_IN_KINDS[2].actions {
        let audits = matches!(action.action, "audit" | "read-log");
        assert_eq!(may(Role::Administrator, action.action), !audits, "{}", action.action);
        assert_eq!(may(Role::Auditor, action.action), audits, "{}", action.action);
        assert!(!may(Role::Official, action.action) && !may(Role::Citizen, action.action));
        assert!(!policies.decide(None, action.action, &Resource::new("system", "")).allowed);
    }
    assert!(policies.decide(None, "search", &Resource::new("knowledge", "")).allowed);
    assert!(!policies.decide(Some(&official()), "import", &Resource::new("knowledge", "")).allowed);
}

#[test]
fn nobody_and_nowhere_are_not_the_same_place() {
    // Neither an official without a department nor an inquiry without one, nor an empty name, opens anything.
    for department in [None, Some("")] {
        for role in [Role::Official, Role::Supervisor] {
            let nowhere = Resource { department: department.map(str::to_owned), ..Resource::new("inquiry", "1") };
            let nowhere = nowhere.involving([String::new()]);
            let acting = principal(role, department);
            assert_eq!(allowed(Some(&acting), &nowhere), ["submit", "read-statistics"]);
        }
    }
    let nobody = Principal { account: String::new(), ..principal(Role::Citizen, None) };
    assert_eq!(allowed(Some(&nobody), &Resource::new("inquiry", "").owned_by("")), ["submit"]);
    // An official is not the citizen of the same name.
    assert_eq!(allowed(Some(&official()), &inquiry().owned_by("self")), ["submit", "read-statistics"]);
}

#[test]
fn refusals_say_who_may() {
    let refused = policies().decide(None, "decide-objection", &inquiry());
    assert!(!refused.allowed && refused.reasons.is_empty());
    assert!(refused.reason_ko.contains("담당 부서의 책임자") && refused.reason_ko.contains("제35조제2항"));
    assert!(refused.reason_en.contains("supervisor of the department in charge"));
    let granted = policies().decide(Some(&official()), "approve", &inquiry().in_department("roads"));
    assert!(granted.allowed && granted.reason_en.contains("Civil Petitions Treatment Act"));
}

#[test]
fn what_does_not_exist_is_refused() {
    let policies = policies();
    let citizen = principal(Role::Citizen, None);
    for (kind, action) in [("inquiry", "fly"), ("inquiry", "import"), ("moon", "read"), ("", ""), ("system", "search")]
    {
        let decision = policies.decide(Some(&citizen), action, &Resource::new(kind, "1"));
        assert!(!decision.allowed && decision.reasons.is_empty(), "{kind} {action}");
    }
}

const BENEFIT: ResourceKind = ResourceKind {
    kind: "benefit-proposal",
    korean: "급여 제안",
    english: "Benefit proposal",
    belongs: true,
    actions: &[
        ActionKind { action: "read", korean: "열람", english: "Read" },
        ActionKind { action: "accept", korean: "수락", english: "Accept" },
    ],
};

fn load(text: &'static str) -> Result<Policies, PolicyError> {
    Policies::load(&[PolicySource { name: "benefit.cedar", text }], &[BENEFIT])
}

#[test]
fn a_programme_brings_its_own_kinds_and_policies() {
    let policies = load(
        r#"@id("citizens-accept") @reason_ko("본인만 수락합니다.") @reason_en("Only the person accepts.")
        permit (principal is Citizen, action in [Action::"read", Action::"accept"], resource is BenefitProposal)
        when { resource has owner && resource.owner == principal };"#,
    )
    .unwrap();
    let citizen = principal(Role::Citizen, None);
    let own = Resource::new("benefit-proposal", "1").owned_by("self");
    assert!(policies.decide(Some(&citizen), "accept", &own).allowed);
    assert!(!policies.decide(Some(&citizen), "accept", &own.clone().owned_by("other")).allowed);
    assert!(!policies.decide(Some(&official()), "read", &own).allowed);
    assert!(policies.decide(None, "submit", &inquiry()).allowed, "the built-in ones still hold");
}

#[test]
fn policies_with_mistakes_do_not_load() {
    let annotations = r#"@id("x") @reason_ko("가") @reason_en("a") "#;
    let mistakes = [
        ("an unknown action", r#"permit (principal, action == Action::"raed", resource is BenefitProposal);"#),
        ("an unknown kind", r#"permit (principal, action == Action::"read", resource is Benefit);"#),
        ("an unknown role", r#"permit (principal is King, action == Action::"read", resource is BenefitProposal);"#),
        (
            "an unknown fact",
            r#"permit (principal, action == Action::"read", resource is BenefitProposal) when { resource.open };"#,
        ),
        ("another kind's action", r#"permit (principal, action == Action::"approve", resource is BenefitProposal);"#),
        (
            "a fact that may be absent",
            r"permit (principal is Citizen, action, resource is BenefitProposal) when { resource.owner == principal };",
        ),
        (
            "a wrong comparison",
            r#"permit (principal is Official, action, resource is BenefitProposal) when { principal.department == "tax" };"#,
        ),
        ("a template", "permit (principal == ?principal, action, resource);"),
        ("no language at all", "everybody may do everything"),
    ];
    for (what, text) in mistakes {
        let text: &'static str = Box::leak(format!("{annotations}{text}").into_boxed_str());
        let error = load(text).unwrap_err();
        assert!(!error.to_string().is_empty(), "{what}");
        println!("{what}: {error}");
    }
    let permit = r#"permit (principal, action == Action::"read", resource is BenefitProposal);"#;
    for annotations in [
        "",
        r#"@reason_ko("가") @reason_en("a") "#,
        r#"@id("x") @reason_en("a") "#,
        r#"@id("x") @reason_ko("가") @reason_en(" ") "#,
        r#"@id("anyone-submits") @reason_ko("가") @reason_en("a") "#,
    ] {
        let text: &'static str = Box::leak(format!("{annotations}{permit}").into_boxed_str());
        assert!(matches!(load(text).unwrap_err(), PolicyError::Annotation { .. }), "{annotations}");
    }
    let twice = Policies::load(&[], &[BENEFIT, BENEFIT]).unwrap_err();
    assert!(matches!(twice, PolicyError::Kinds { .. }));
    let odd = ResourceKind { kind: "급여", ..BENEFIT };
    assert!(matches!(Policies::load(&[], &[odd]).unwrap_err(), PolicyError::Kinds { .. }));
}

#[test]
fn the_table_tells_what_the_policies_decide() {
    let table = policy_table(&policies(), BUILT_IN_KINDS);
    let row = |action: &str| {
        let line = table.lines().find(|line| line.contains(&format!("`{action}`")) && line.starts_with('|')).unwrap();
        line.split('|').skip(2).map(str::trim).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join("")
    };
    assert_eq!(row("read"), "·○○·○○·○○·✕○○");
    assert_eq!(row("read-personal"), "·○○·○··○··✕·○");
    assert_eq!(row("decide-objection"), "·······○··✕··");
    assert_eq!(row("read-statistics"), "····○○○○○○○○○");
    assert_eq!(row("search"), "○○○○○○");
    assert_eq!(row("read-log"), "·····○");
    assert!(table.contains("- `auditors-read-originals-with-a-reason`: 감사 담당자는"));
    assert_eq!(table, policy_table(&policies(), BUILT_IN_KINDS), "the same each time");
}

fn anybody() -> impl Strategy<Value = Option<Principal>> {
    let role = prop::sample::select(Role::ALL.to_vec());
    let someone = (role, "[a-c]?", prop::option::of("[a-c]?")).prop_map(|(role, account, department)| Principal {
        account,
        name: String::new(),
        role,
        department,
    });
    prop::option::of(someone)
}

fn anything() -> impl Strategy<Value = Resource> {
    let kind = prop::sample::select(vec!["inquiry", "knowledge", "system", "nothing"]);
    let facts = (prop::option::of("[a-c]?"), prop::option::of("[a-c]?"), prop::collection::vec("[a-c]?", 0..3));
    (kind, "[a-c]?", facts, any::<bool>(), any::<bool>()).prop_map(|(kind, id, facts, code, reason)| Resource {
        kind,
        id,
        owner: facts.0,
        department: facts.1,
        involved: facts.2,
        code_presented: code,
        reason_stated: reason,
    })
}

fn any_action() -> impl Strategy<Value = String> {
    let known: Vec<String> =
        BUILT_IN_KINDS.iter().flat_map(|kind| kind.actions).map(|action| action.action.to_owned()).collect();
    prop_oneof![4 => prop::sample::select(known), 1 => ".{0,12}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Without policies nobody may do anything.
    #[test]
    fn without_policies_everything_is_refused(who in anybody(), action in any_action(), what in anything()) {
        thread_local!(static NONE: Policies = Policies::of(&[], BUILT_IN_KINDS).unwrap());
        let allowed = NONE.with(|policies| policies.decide(who.as_ref(), &action, &what).allowed);
        prop_assert!(!allowed);
    }

    /// What is allowed, a policy allows; and what must never be, is not, whatever the circumstances.
    #[test]
    fn what_must_never_be_is_not(who in anybody(), action in any_action(), what in anything()) {
        thread_local!(static ALL: Policies = Policies::built_in().unwrap());
        let decision = ALL.with(|policies| policies.decide(who.as_ref(), &action, &what));
        prop_assert!(!decision.allowed || !decision.reasons.is_empty());
        prop_assert!(!decision.reason_ko.is_empty() && !decision.reason_en.is_empty());
        let role = who.as_ref().map(|who| who.role);
        let own_department = who.as_ref().is_some_and(|who| {
            who.role.needs_department()
                && who.department.as_ref().is_some_and(|it| !it.is_empty() && what.department.as_ref() == Some(it))
        });
        let own = who.as_ref().is_some_and(|who| {
            who.role == Role::Citizen && !who.account.is_empty() && what.owner.as_ref() == Some(&who.account)
        });
        let with_code = what.code_presented && matches!(role, None | Some(Role::Citizen));
        if decision.allowed && what.kind == "inquiry" {
            if role == Some(Role::Administrator) {
                prop_assert_eq!(&action, "read-statistics");
            }
            if action == "read-personal" {
                let audit = role == Some(Role::Auditor) && what.reason_stated;
                prop_assert!(own || with_code || own_department || audit);
            }
            if matches!(action.as_str(), "approve" | "edit-draft" | "transfer" | "extend" | "decide-objection") {
                prop_assert!(own_department);
            }
            if matches!(action.as_str(), "withdraw" | "object" | "rate" | "complete") {
                prop_assert!(own || with_code);
            }
        }
        if decision.allowed && what.kind == "system" {
            prop_assert!(matches!(role, Some(Role::Administrator | Role::Auditor)));
        }
        prop_assert!(what.kind != "nothing" || !decision.allowed);
    }
}
