//! The people of a demonstration on the sign-in page: by role, who most want to see first, then by department.

use maru_identity::{DemonstrationAccount, Role};

use crate::language::Language;

/// The people of one role.
pub(crate) struct RoleGroup<'a> {
    /// The role.
    pub(crate) role: Role,
    /// Who stands first: with whom to begin.
    pub(crate) first: &'a DemonstrationAccount,
    /// The others, by department in the order in which departments come; those of none under no name.
    pub(crate) others: Vec<(Option<&'a str>, Vec<&'a DemonstrationAccount>)>,
}

impl<'a> RoleGroup<'a> {
    /// All roles that somebody has, in the order of [`Role::ALL`].
    pub(crate) fn all(people: &'a [DemonstrationAccount]) -> Vec<Self> {
        Role::ALL.into_iter().filter_map(|role| Self::of(role, people)).collect()
    }

    fn of(role: Role, people: &'a [DemonstrationAccount]) -> Option<Self> {
        let mut of_role = people.iter().filter(|person| person.role == role);
        let first = of_role.next()?;
        let mut others: Vec<(Option<&str>, Vec<&DemonstrationAccount>)> = Vec::new();
        for person in of_role {
            let department = person.department.as_deref();
            match others.iter_mut().find(|(known, _)| *known == department) {
                Some((_, colleagues)) => colleagues.push(person),
                None => others.push((department, vec![person])),
            }
        }
        Some(Self { role, first, others })
    }

    /// What somebody in this role can try.
    pub(crate) fn what_to_try(&self, language: Language) -> &'static str {
        let (korean, english) = match self.role {
            Role::Citizen => (
                "궁금한 것을 물어보고, 처리 과정을 보고, 답변과 근거를 읽어 보세요.",
                "Ask something, follow it, and read the answer with its sources.",
            ),
            Role::Official => (
                "기한이 가까운 민원부터 열어 초안과 근거를 확인하고 답변을 보내 보세요.",
                "Open what is due first, check the draft against its sources, and answer.",
            ),
            Role::Supervisor => (
                "부서의 민원과 이의신청을 살피고 기한 연장을 결정해 보세요.",
                "See the department's cases and objections, and decide on extensions.",
            ),
            Role::Administrator => (
                "공휴일과 계정을 관리해 보세요. 민원의 내용은 볼 수 없어요.",
                "Manage holidays and accounts. What inquiries say stays hidden from you.",
            ),
            Role::Auditor => (
                "누가 무엇을 했는지 기록을 살펴보세요. 아무것도 바꿀 수 없어요.",
                "Look at who did what. You cannot change anything.",
            ),
        };
        language.say(korean, english)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(account: &str, role: Role, department: Option<&str>) -> DemonstrationAccount {
        let (name, name_en) = (account.to_owned(), account.to_owned());
        DemonstrationAccount {
            account: account.to_owned(),
            name,
            name_en,
            role,
            department: department.map(str::to_owned),
        }
    }

    #[test]
    fn people_stand_by_role_and_department() {
        let people = [
            person("a", Role::Auditor, None),
            person("b", Role::Official, Some("roads")),
            person("c", Role::Official, Some("tax")),
            person("d", Role::Official, Some("roads")),
            person("e", Role::Official, Some("tax")),
            person("f", Role::Citizen, None),
        ];
        let groups = RoleGroup::all(&people);
        let told: Vec<_> = groups.iter().map(|group| (group.role, group.first.account.as_str())).collect();
        assert_eq!(told, [(Role::Citizen, "f"), (Role::Official, "b"), (Role::Auditor, "a")]);
        let others: Vec<_> = groups[1]
            .others
            .iter()
            .map(|(department, people)| (*department, people.iter().map(|it| it.account.as_str()).collect::<Vec<_>>()))
            .collect();
        assert_eq!(others, [(Some("tax"), vec!["c", "e"]), (Some("roads"), vec!["d"])]);
    }
}
