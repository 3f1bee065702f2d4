//! Accounts: the list, and one of them with what can be done to it.

use std::collections::BTreeMap;

use maru_identity::{AccountStatus, AccountView, Role, SessionView};
use maru_web::{
    Bilingual, FieldError, Html, Page, PageKind, Visitor,
    components::{Button, Choice, DefinitionList, Disclosure, EmptyState, ErrorSummary, Field, Form, Table},
};
use serde::Deserialize;

use super::{AccountFilter, words};
use crate::service::LONGEST_REASON;

/// What the forms of an account send; after a refusal it is shown again.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    pub(super) role: String,
    pub(super) department: String,
    pub(super) reason: String,
}

type Departments = BTreeMap<String, Bilingual>;

pub(super) fn list(
    visitor: &Visitor,
    filter: &AccountFilter,
    accounts: &[AccountView],
    more: bool,
    departments: &Departments,
) -> Page {
    let language = visitor.language;
    Page::new(visitor, language.say("계정", "Accounts"), PageKind::Overview)
        .lead(language.say(
            "누가 어떤 역할로 어느 부서의 일을 하는지 보고 바꿉니다. 바꾼 일은 모두 기록에 남습니다.",
            "Who works in what role for which department. Every change is on record.",
        ))
        .personal()
        .body(
            Html::empty()
                .and(search(visitor, filter, departments))
                .and(table(visitor, accounts, departments))
                .and(next(visitor, filter, accounts, more)),
        )
}

fn department_choices(visitor: &Visitor, departments: &Departments, none: &str) -> Vec<Choice> {
    let named = departments.iter().map(|(id, name)| Choice::new(id, name.say(visitor.language)));
    std::iter::once(Choice::new("", none)).chain(named).collect()
}

fn role_choices(visitor: &Visitor) -> impl Iterator<Item = Choice> {
    let language = visitor.language;
    Role::ALL.into_iter().map(move |role| Choice::new(role.as_str(), words::role(language, role)))
}

fn search(visitor: &Visitor, filter: &AccountFilter, departments: &Departments) -> Form {
    let language = visitor.language;
    let roles = std::iter::once(Choice::new("", language.say("모든 역할", "All roles"))).chain(role_choices(visitor));
    let everywhere = department_choices(visitor, departments, language.say("모든 부서", "All departments"));
    Form::get("/system/accounts").search().class("list-search").body(
        Html::empty()
            .and(Field::select(language, "role", language.say("역할", "Role"), roles).value(&filter.role))
            .and(
                Field::select(language, "department", language.say("부서", "Department"), everywhere)
                    .value(&filter.department),
            )
            .and(Button::secondary(language.say("보기", "Show")).small()),
    )
}

fn address(account: &str) -> String {
    format!("/system/accounts/{}", words::encoded(account))
}

fn table(visitor: &Visitor, accounts: &[AccountView], departments: &Departments) -> Html {
    let language = visitor.language;
    if accounts.is_empty() {
        return Html::empty().and(EmptyState::new(
            language.say("이런 계정이 없습니다", "No such accounts"),
            language.say(
                "계정은 처음 로그인할 때 생깁니다. 다른 역할이나 부서를 골라 보십시오.",
                "An account comes to be at the first sign-in. Choose another role or department.",
            ),
        ));
    }
    let mut table = Table::new(language.say("계정 목록", "Accounts"))
        .column(language.say("이름", "Name"))
        .column(language.say("역할", "Role"))
        .column(language.say("부서", "Department"))
        .column(language.say("상태", "State"))
        .column(language.say("바뀐 날", "Changed"));
    for account in accounts {
        let name = account.name.as_deref().unwrap_or(&account.account);
        let link = Html::trusted("<a href=\"")
            .and(Html::text(&address(&account.account)))
            .and(Html::trusted("\">"))
            .and(Html::text(name))
            .and(Html::trusted("</a>"));
        let department = account.department.as_deref();
        table = table.row([
            link,
            Html::text(words::role(language, account.role)),
            Html::text(&department.map(|id| words::department(language, departments, id)).unwrap_or_default()),
            Html::empty().and(words::status_tag(language, account.status)),
            Html::text(&language.date(maru_web::in_korea(account.changed_at).date())),
        ]);
    }
    Html::empty().and(table)
}

fn next(visitor: &Visitor, filter: &AccountFilter, accounts: &[AccountView], more: bool) -> Html {
    let Some(last) = accounts.last().filter(|_| more) else { return Html::empty() };
    let link = format!(
        "/system/accounts?role={}&department={}&after={}",
        words::encoded(&filter.role),
        words::encoded(&filter.department),
        words::encoded(&last.account)
    );
    Html::empty().and(Button::tertiary(visitor.say("다음 계정", "Next accounts")).small().link(link))
}

pub(super) fn one(
    visitor: &Visitor,
    account: &AccountView,
    sessions: &[SessionView],
    departments: &Departments,
    written: &Written,
    errors: &[FieldError],
) -> Page {
    let language = visitor.language;
    let name = account.name.clone().unwrap_or_else(|| account.account.clone());
    let is_own = visitor.principal.as_ref().is_some_and(|own| own.account == account.account);
    let changes = if is_own {
        Html::paragraphs(language.say(
            "자기 계정은 스스로 바꿀 수 없습니다. 다른 시스템 관리자에게 요청하십시오.",
            "Nobody changes their own account. Ask another administrator.",
        ))
    } else {
        changes(visitor, account, departments, written, errors)
    };
    let page = Page::new(visitor, name, PageKind::Overview)
        .breadcrumb(language.say("계정", "Accounts"), "/system/accounts")
        .actions(Html::empty().and(words::status_tag(language, account.status)))
        .personal()
        .body(
            Html::empty()
                .and(ErrorSummary::new(language, errors))
                .and(facts(visitor, account, departments))
                .and(changes)
                .and(session_list(visitor, account, sessions, is_own)),
        );
    if errors.is_empty() { page } else { page.with_errors() }
}

fn facts(visitor: &Visitor, account: &AccountView, departments: &Departments) -> DefinitionList {
    let language = visitor.language;
    let mut list = DefinitionList::new()
        .text(language.say("계정", "Account"), &account.account)
        .text(language.say("역할", "Role"), words::role(language, account.role));
    if let Some(id) = &account.department {
        list = list.text(language.say("부서", "Department"), &words::department(language, departments, id));
    }
    if let Some(email) = &account.email {
        list = list.text(language.say("전자우편", "E-mail"), email);
    }
    list.text(language.say("로그인", "Signs in by"), words::method(language, account.method))
        .text(language.say("처음 로그인", "Since"), &language.date_time(account.opened_at))
        .text(language.say("마지막 변경", "Last changed"), &language.date_time(account.changed_at))
}

fn changes(
    visitor: &Visitor,
    account: &AccountView,
    departments: &Departments,
    written: &Written,
    errors: &[FieldError],
) -> Html {
    let to = |step: &str| format!("{}/{step}", address(&account.account));
    match account.status {
        AccountStatus::Active => Html::empty()
            .and(assignment(visitor, account, departments, written, errors))
            .and(suspension(visitor, &to("suspension"), written, errors))
            .and(closure(visitor, &to("closure"))),
        AccountStatus::Suspended => {
            let button = Button::primary(visitor.say("정지 풀기", "Resume the account"));
            Html::empty()
                .and(Form::post(visitor, to("resumption")).body(Html::empty().and(button)))
                .and(assignment(visitor, account, departments, written, errors))
                .and(closure(visitor, &to("closure")))
        }
        AccountStatus::Closed | AccountStatus::Absent => Html::paragraphs(visitor.say(
            "닫힌 계정은 다시 쓸 수 없습니다. 한 일의 기록은 남아 있습니다.",
            "A closed account is never used again. What it did stays on record.",
        )),
    }
}

fn unfolded(disclosure: Disclosure, fields: &[&str], errors: &[FieldError]) -> Disclosure {
    let at_fault = errors.iter().any(|error| fields.contains(&error.field.as_str()));
    if at_fault { disclosure.open() } else { disclosure }
}

fn assignment(
    visitor: &Visitor,
    account: &AccountView,
    departments: &Departments,
    written: &Written,
    errors: &[FieldError],
) -> Disclosure {
    let language = visitor.language;
    let nowhere = department_choices(visitor, departments, language.say("부서 없음", "No department"));
    let role = if written.role.is_empty() { account.role.as_str() } else { &written.role };
    let department = if written.role.is_empty() {
        account.department.clone().unwrap_or_default()
    } else {
        written.department.clone()
    };
    let form = Form::post(visitor, format!("{}/assignment", address(&account.account))).guarded().body(
        Html::empty()
            .and(
                Field::select(language, "role", language.say("역할", "Role"), role_choices(visitor))
                    .value(role)
                    .errors(errors),
            )
            .and(
                Field::select(language, "department", language.say("부서", "Department"), nowhere)
                    .hint(language.say(
                        "담당 공무원과 부서 책임자에게만 정합니다. 로그인 기관이 역할을 정하는 곳에서는 다음 로그인 때 그 값이 앞섭니다.",
                        "For officials and supervisors only. Where the identity provider assigns roles, its word holds from the next sign-in.",
                    ))
                    .value(department)
                    .errors(errors),
            )
            .and(Button::secondary(language.say("바꾸기", "Change"))),
    );
    let title = language.say("역할과 부서 바꾸기", "Change role and department");
    unfolded(Disclosure::new(title, Html::empty().and(form)), &["role", "department"], errors)
}

fn suspension(visitor: &Visitor, to: &str, written: &Written, errors: &[FieldError]) -> Disclosure {
    let language = visitor.language;
    let form = Form::post(visitor, to).body(
        Html::empty()
            .and(
                Field::area(language, "reason", language.say("정지 사유", "Reason"))
                    .hint(language.say(
                        "기록에 그대로 남습니다. 사람의 이름을 쓰지 마십시오.",
                        "It stays on record as written. Name nobody in it.",
                    ))
                    .rows(2)
                    .counted(LONGEST_REASON)
                    .value(&written.reason)
                    .errors(errors),
            )
            .and(Button::secondary(language.say("정지하기", "Suspend"))),
    );
    let title = language.say("계정 정지: 모든 기기에서 로그아웃됩니다", "Suspend: signs out everywhere");
    unfolded(Disclosure::new(title, Html::empty().and(form)), &["reason"], errors)
}

fn closure(visitor: &Visitor, to: &str) -> Disclosure {
    let language = visitor.language;
    let form = Form::post(visitor, to).body(
        Html::paragraphs(language.say(
            "닫은 계정은 다시 열 수 없습니다. 퇴직하거나 잘못 만든 계정에만 쓰십시오. 한 일의 기록은 남습니다.",
            "A closed account never opens again. Use it for those who left, or an account made by mistake. What it did stays on record.",
        ))
        .and(Button::danger(language.say("계정 닫기", "Close the account"))),
    );
    Disclosure::new(language.say("계정 닫기", "Close the account"), Html::empty().and(form))
}

fn session_list(visitor: &Visitor, account: &AccountView, sessions: &[SessionView], is_own: bool) -> Html {
    let language = visitor.language;
    let heading =
        Html::trusted("<h2>").and(Html::text(language.say("로그인한 곳", "Signed in"))).and(Html::trusted("</h2>"));
    if sessions.is_empty() {
        return heading.and(Html::paragraphs(language.say("지금 로그인한 곳이 없습니다.", "Signed in nowhere now.")));
    }
    let html = heading.and(session_table(visitor, sessions));
    if is_own {
        return html;
    }
    let button = Button::secondary(language.say("모든 기기에서 로그아웃", "Sign out everywhere"));
    let form = Form::post(visitor, format!("{}/sign-out", address(&account.account)));
    html.and(form.body(Html::empty().and(button)))
}

fn session_table(visitor: &Visitor, sessions: &[SessionView]) -> Table {
    let language = visitor.language;
    let mut table = Table::new(language.say("로그인한 곳", "Sessions"))
        .hidden_caption()
        .column(language.say("로그인한 때", "Since"))
        .column(language.say("마지막으로 쓴 때", "Last used"))
        .column(language.say("방법", "By"));
    for session in sessions {
        table = table.row([
            Html::text(&language.date_time(session.signed_in_at)),
            Html::text(&language.date_time(session.last_seen_at)),
            Html::text(words::method(language, session.method)),
        ]);
    }
    table
}
