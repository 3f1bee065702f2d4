use super::*;

fn give(state: &mut RegistryState, command: RegistryCommand) -> Result<(), ChangeRefusal> {
    for event in state.decide(command, Timestamp::UNIX_EPOCH)? {
        state.evolve(&event);
    }
    Ok(())
}

fn propose(id: &str, change: Change, by: &str) -> RegistryCommand {
    RegistryCommand::Propose { id: id.into(), change: Box::new(change), reason: "needed".into(), by: by.into() }
}

fn approve(id: &str, by: &str) -> RegistryCommand {
    RegistryCommand::Approve { id: id.into(), note: String::new(), by: by.into() }
}

fn evaluated(model: &str, is_regression: bool) -> RegistryCommand {
    let share = crate::evaluate::Interval { value: 0.9, low: 0.8, high: 0.95, count: 40 };
    let result = EvaluationResult {
        model: model.into(),
        suite: "suite".into(),
        suite_sha256: String::new(),
        all: share,
        by_measure: BTreeMap::new(),
        compared_with: "other".into(),
        difference: Some(share),
        is_regression,
    };
    RegistryCommand::RecordEvaluation { result: Box::new(result), by: "account-3".into() }
}

#[test]
fn no_model_is_approved_without_an_evaluation_that_speaks_for_it() {
    let mut state = RegistryState::default();
    give(&mut state, RegistryCommand::Adopt(Box::new(Registry::shipped().unwrap()))).unwrap();
    let mut model = state.registry.models[1].clone();
    model.state = ModelState::Approved;
    let name = model.id.clone();
    give(&mut state, propose("1", Change::PutModel(model.clone()), "account-1")).unwrap();
    assert_eq!(give(&mut state, approve("1", "account-2")), Err(ChangeRefusal::NotEvaluated(name.clone())));
    give(&mut state, evaluated(&name, true)).unwrap();
    let worse = ChangeRefusal::Regressed { model: name.clone(), before: "other".into() };
    assert_eq!(give(&mut state, approve("1", "account-2")), Err(worse));
    give(&mut state, evaluated(&name, false)).unwrap();
    let late = Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(181 * 24);
    let refused = state.decide(approve("1", "account-2"), late).unwrap_err();
    assert_eq!(refused, ChangeRefusal::NotEvaluated(name.clone()), "an old one says nothing");
    give(&mut state, approve("1", "account-2")).unwrap();
    model.context = 1_000;
    give(&mut state, propose("2", Change::PutModel(model), "account-1")).unwrap();
    give(&mut state, evaluated(&name, true)).unwrap();
    give(&mut state, approve("2", "account-2")).unwrap();
    assert!(give(&mut state, evaluated("nothing", false)).is_err());
}

#[test]
fn two_people_change_the_registry_and_one_takes_away() {
    let mut state = RegistryState::default();
    give(&mut state, RegistryCommand::Adopt(Box::new(Registry::shipped().unwrap()))).unwrap();
    let mut model = state.registry.models[1].clone();
    model.state = ModelState::Approved;
    let name = model.id.clone();
    give(&mut state, propose("1", Change::PutModel(model), "account-1")).unwrap();
    assert_eq!(state.registry.model(&name).unwrap().state, ModelState::Trial, "one person is not enough");
    let alone = give(&mut state, approve("1", "account-1"));
    assert_eq!(alone, Err(ChangeRefusal::SamePerson("account-1".into())));
    give(&mut state, evaluated(&name, false)).unwrap();
    give(&mut state, approve("1", "account-2")).unwrap();
    assert_eq!(state.registry.model(&name).unwrap().state, ModelState::Approved);
    give(&mut state, propose("2", Change::SuspendModel(name.clone()), "account-1")).unwrap();
    assert_eq!(state.registry.model(&name).unwrap().state, ModelState::Suspended);
    let again = give(&mut state, approve("1", "account-3"));
    assert_eq!(again, Err(ChangeRefusal::NotWaiting("1".into())));
    let silent = RegistryCommand::Propose {
        id: "3".into(),
        change: Box::new(Change::SuspendModel(name)),
        reason: " ".into(),
        by: "account-1".into(),
    };
    assert_eq!(give(&mut state, silent), Err(ChangeRefusal::NoReason));
    assert_eq!(state.changes["1"].decision.as_ref().unwrap().by, "account-2");
}

#[test]
fn what_was_put_can_be_taken_away_again() {
    let mut state = RegistryState::default();
    give(&mut state, RegistryCommand::Adopt(Box::new(Registry::shipped().unwrap()))).unwrap();
    let put = |state: &mut RegistryState, id: &str, change: Change| {
        give(state, propose(id, change, "account-1")).unwrap();
        give(state, approve(id, "account-2")).unwrap();
    };
    let mut model = state.registry.models[1].clone();
    model.routes = vec![crate::registry::Route::new("npu-1")];
    let name = model.id.clone();
    let server = r#"{"id": "buildings", "url": "http://10.0.0.7/mcp", "zone": "work"}"#;
    put(&mut state, "1", Change::PutBackend(Backend::new("npu-1", "http://10.0.0.5/v1", crate::registry::Zone::Work)));
    put(&mut state, "2", Change::PutModel(model));
    put(&mut state, "3", Change::PutToolServer(serde_json::from_str(server).unwrap()));
    let policy = Box::<PolicySettings>::default();
    put(&mut state, "4", Change::PutAgencyPolicy { agency: "city".into(), policy });
    // A server that does harm is taken away at once, and no model runs on it.
    give(&mut state, propose("5", Change::WithdrawBackend("npu-1".into()), "account-1")).unwrap();
    assert!(state.registry.model(&name).unwrap().routes.is_empty());
    assert!(state.registry.backends.iter().all(|backend| backend.id != "npu-1"));
    give(&mut state, propose("6", Change::WithdrawToolServer("buildings".into()), "account-1")).unwrap();
    assert!(state.registry.tool_servers.is_empty());
    // Rules of an agency may have been stricter: giving them up takes two people.
    give(&mut state, propose("7", Change::WithdrawAgencyPolicy("city".into()), "account-1")).unwrap();
    assert_eq!(state.registry.agency_policies.len(), 1);
    give(&mut state, approve("7", "account-2")).unwrap();
    assert!(state.registry.agency_policies.is_empty());
    let nothing = give(&mut state, propose("8", Change::WithdrawKey("none".into()), "account-1"));
    assert!(matches!(nothing, Err(ChangeRefusal::Wrong(_))), "{nothing:?}");
}
