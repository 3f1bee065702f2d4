//! Registers: a mapping, pseudonyms, what is set aside, what changed, households as Parquet.

use std::fs;

use maru_welfare::{
    domain::Month,
    registers::{self, Loaded, Mapping, PseudonymKey, Shares, changes, feed, feed::Difference, nation, read},
    screening::{Screening, screen},
};

use crate::support::law;

const MAPPING: &str = r#"
[[table]]
file = "residents.csv"
holds = "person"
[table.columns]
person = { from = "RRN", kind = "resident-number" }
household = { from = "HH" }
role = { from = "REL", values = { "본인" = "head", "배우자" = "spouse", "자녀" = "child" } }
birth = { from = "BIRTH", kind = "date", format = "%Y%m%d" }

[[table]]
file = "incomes.csv"
holds = "person"
[table.columns]
person = { from = "RRN", kind = "resident-number" }
earned_income = { from = "PAY", kind = "won" }
national_pension_old_age = { from = "NPS", kind = "won" }

[[table]]
file = "homes.csv"
holds = "household"
[table.columns]
household = { from = "HH" }
province = { from = "SIDO", values = { "41" = "gyeonggi" } }
municipality_kind = { from = "KIND" }
monthly_rent = { from = "RENT", kind = "won" }

[[table]]
file = "couples.csv"
holds = "couple"
[table.columns]
person = { from = "A", kind = "resident-number" }
partner = { from = "B", kind = "resident-number" }

[[table]]
file = "benefits.csv"
holds = "received"
[table.columns]
household = { from = "HH" }
person = { from = "RRN", kind = "resident-number" }
benefit = { from = "B", values = { "기초연금" = "basic_pension" } }
amount = { from = "WON" }
agency = { from = "AGENCY" }
"#;

/// Invented numbers: those of people of 1955 and 1958, without a check digit that fits.
const FILES: [(&str, &str); 5] = [
    (
        "residents.csv",
        "RRN,HH,REL,BIRTH\n550505-1000000,1,본인,19550505\n5805052000000,1,배우자,19580505\n550505-1000000,1,본인,19550505\n\
         999999-1000000,2,본인,19990101\n480311-2000001,3,본인,19480312\n900101-1000002,4,사촌,19900101\n123,5,본인,\n",
    ),
    ("incomes.csv", "RRN,PAY,NPS\n5505051000000,,\"400,000\"\n4803112000001,-5,230000원\n0001013000009,1,\n"),
    ("homes.csv", "HH,SIDO,KIND,RENT\n1,41,county,250000\n3,99,city,200000\n9,41,city,\n3,41,village,\n"),
    ("couples.csv", "A,B\n5505051000000,5805052000000\n5505051000000,4803112000001\n"),
    (
        "benefits.csv",
        "HH,RRN,B,WON,AGENCY\n1,5505051000000,기초연금,279760,전주시\n1,5505051000000,기초연금,279760,전주시\n1,,수당,1,전주시\n",
    ),
];

fn loaded(folder: &std::path::Path) -> Loaded {
    for (name, text) in FILES {
        if !folder.join(name).exists() {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    let mapping = Mapping::parse(MAPPING, &law()).unwrap();
    registers::load(&mapping, folder, &law(), &PseudonymKey::new([7; 32])).unwrap()
}

#[test]
fn households_are_made_and_every_bad_row_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let loaded = loaded(folder.path());
    assert_eq!(loaded.households.len(), 2, "{:?}", loaded.households.keys());
    let couple = loaded.households.values().find(|home| home.members.len() == 2).unwrap();
    assert_eq!(couple.couples.len(), 1);
    assert_eq!(couple.received.len(), 1);
    assert_eq!(couple.facts["monthly_rent"], 250_000);
    assert!(couple.members.iter().any(|member| member.facts.get("national_pension_old_age") == Some(&400_000.into())));
    let told: Vec<(String, usize)> = loaded.aside.iter().map(|one| (one.file.clone(), one.line)).collect();
    let expected = [
        ("residents.csv", 4), // stands twice
        ("residents.csv", 5), // no day of the calendar
        ("residents.csv", 6), // the date of birth differs from the number: taken, and told
        ("residents.csv", 7), // a role that the mapping does not name
        ("residents.csv", 8), // no thirteen digits
        ("incomes.csv", 3),   // a negative amount
        ("incomes.csv", 4),   // nobody knows this person
        ("homes.csv", 3),     // a province that the mapping does not name
        ("homes.csv", 4),     // no such household
        ("homes.csv", 5),     // no such kind of municipality
        ("couples.csv", 3),   // in two households
        ("benefits.csv", 3),  // twice
        ("benefits.csv", 4),  // no benefit
    ];
    let expected: Vec<(String, usize)> = expected.iter().map(|(file, line)| ((*file).to_owned(), *line)).collect();
    assert_eq!(told, expected, "{:#?}", loaded.aside);
    assert_eq!(loaded.rows, 7 + 3 + 4 + 2 + 3);
    let all = format!("{loaded:?}");
    assert!(!all.contains("550505") && !all.contains("480311"), "no personal number comes through the door");
}

#[test]
fn a_check_digit_that_does_not_fit_refuses_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let loaded = loaded(folder.path());
    let (checked, all) = loaded.checked_numbers;
    assert!(all >= 8 && checked < all, "{checked} of {all}");
    assert!(loaded.aside.iter().all(|one| !one.reason.contains("check digit")));
}

#[test]
fn mappings_that_cannot_be_meant_are_refused() {
    let wrong = |text: &str| Mapping::parse(text, &law()).unwrap_err();
    assert!(wrong("").contains("table"));
    assert!(wrong(&MAPPING.replace("earned_income", "earned_incme")).contains("earned_incme"));
    assert!(wrong(&MAPPING.replace(", format = \"%Y%m%d\"", "")).contains("format"));
    assert!(wrong(&MAPPING.replace("household = { from = \"HH\" }\nrole", "role")).contains("household"));
    assert!(wrong(&MAPPING.replace("monthly_rent", "birth")).contains("birth"), "a fact of persons, not of households");
}

#[test]
fn the_next_load_says_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let before = folder.path().join("before");
    let first = loaded(folder.path());
    nation::write(&first.households, &law(), &before).unwrap();
    feed::write(&first.households, &before).unwrap();
    assert!(feed::differences(&first.households, &before).unwrap().is_empty());
    let homes = FILES[2].1.replace("250000", "260000");
    fs::write(folder.path().join("homes.csv"), homes).unwrap();
    let residents = FILES[0].1.replace("480311-2000001,3,본인,19480312\n", "") + "700101-1000005,6,본인,19700101\n";
    fs::write(folder.path().join("residents.csv"), residents).unwrap();
    let second = loaded(folder.path());
    let mut kinds: Vec<Difference> = feed::differences(&second.households, &before).unwrap().into_values().collect();
    kinds.sort_by_key(|kind| kind.identifier());
    assert_eq!(kinds, [Difference::Changed, Difference::Gone, Difference::New]);
}

#[test]
fn loaded_households_can_be_screened() {
    let folder = tempfile::tempdir().unwrap();
    let nation_folder = folder.path().join("nation");
    let loaded = loaded(folder.path());
    nation::write(&loaded.households, &law(), &nation_folder).unwrap();
    let month: Month = "2026-03".parse().unwrap();
    let output = folder.path().join("screening");
    let question = Screening { population: &nation_folder, output: &output, month, previous: None, threads: 1 };
    let summary = screen(&law(), &question, |_, _, _| true).unwrap();
    assert_eq!((summary.persons, summary.households), (3, 2));
    let pension = &summary.benefits["basic_pension"];
    assert_eq!((pension.entitled, pension.received, pension.missed), (3, 1, 2));
    // By the nation run and by the reckoning of one household, the same.
    for household in loaded.households.values() {
        let assessment = law().assess(household, month).unwrap();
        assert!(assessment.due().any(|one| one.benefit.id == "basic_pension"));
    }
}

#[test]
fn registers_in_parts_come_to_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let whole = loaded(folder.path());
    let mapping = Mapping::parse(MAPPING, &law()).unwrap();
    let key = PseudonymKey::new([7; 32]);
    for parts in [1, 2, 5] {
        let shares = Shares::read(&mapping, folder.path(), parts).unwrap();
        assert_eq!(shares.parts(), usize::from(parts));
        let (mut households, mut aside, mut rows) = (std::collections::BTreeMap::new(), Vec::new(), 0);
        for part in 0..shares.parts() {
            let loaded = registers::load_part(&mapping, folder.path(), (&law(), &key), &shares, part).unwrap();
            rows += loaded.rows;
            households.extend(loaded.households);
            aside.extend(loaded.aside);
        }
        assert_eq!((&households, rows), (&whole.households, whole.rows), "{parts} parts");
        let places = |aside: &[registers::SetAside]| {
            let mut places: Vec<(String, usize)> = aside.iter().map(|one| (one.file.clone(), one.line)).collect();
            places.sort();
            places
        };
        assert_eq!(places(&aside), places(&whole.aside), "{parts} parts");
    }
}

#[test]
fn accounts_are_taken_in_and_never_written_to_parquet() {
    let folder = tempfile::tempdir().unwrap();
    loaded(folder.path());
    let rows = "RRN,BANK,NO,WHO\n550505-1000000,국민,110-000-000123,김갑수\n480311-2000001,국민,12a,이을순\n9001011000002,국민,1,박병\n";
    fs::write(folder.path().join("accounts.csv"), rows).unwrap();
    let mapping = format!(
        "{MAPPING}\n[[table]]\nfile = \"accounts.csv\"\nholds = \"account\"\n[table.columns]\n\
         person = {{ from = \"RRN\", kind = \"resident-number\" }}\nbank = {{ from = \"BANK\", values = {{ \"국민\" = \"CZNBKRSE\" }} }}\n\
         number = {{ from = \"NO\" }}\nholder = {{ from = \"WHO\" }}\n"
    );
    let mapping = Mapping::parse(&mapping, &law()).unwrap();
    let loaded = registers::load(&mapping, folder.path(), &law(), &PseudonymKey::new([7; 32])).unwrap();
    let known: Vec<_> = loaded.households.values().filter_map(|home| home.pay_to.as_ref()).collect();
    assert_eq!(known.len(), 1);
    assert_eq!((known[0].bank.as_str(), known[0].holder.as_str()), ("CZNBKRSE", "김갑수"));
    let told: Vec<_> = loaded.aside.iter().filter(|one| one.file == "accounts.csv").collect();
    let told: Vec<_> = told.iter().map(|one| (one.line, one.column.as_str())).collect();
    assert_eq!(told, [(3, "NO"), (4, "RRN")]);
    assert!(!loaded.aside.iter().any(|one| one.reason.contains("12a")), "numbers are not told");
    nation::write(&loaded.households, &law(), &folder.path().join("out")).unwrap();
    for file in fs::read_dir(folder.path().join("out")).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("110-000-000123"));
    }
}

/// One moves out and leaves nobody behind, one comes, one earns and pays another rent, separates, and receives nothing any more.
const FEED: [(&str, &str); 5] = [
    (
        "residents.csv",
        "CH,RRN,HH,REL,BIRTH\nended,480311-2000001,3,본인,\nended,480311-2000001,3,본인,\nadded,700101-1000005,6,본인,19700101\n\
         lost,700101-1000005,6,본인,19700101\nadded,720101-2000005,1,배우자,19720101\n",
    ),
    ("incomes.csv", "CH,RRN,PAY,NPS\nchanged,5505051000000,,\"450,000\"\nchanged,0001013000009,1,\n"),
    ("homes.csv", "CH,HH,SIDO,KIND,RENT\nchanged,1,41,,260000\nadded,6,41,city,\n"),
    ("couples.csv", "CH,A,B\nended,5505051000000,5805052000000\n"),
    ("benefits.csv", "CH,HH,RRN,B,WON,AGENCY\nended,1,5505051000000,기초연금,,전주시\n"),
];

#[test]
fn a_feed_of_changes_lies_over_the_load_before() {
    let folder = tempfile::tempdir().unwrap();
    let whole = loaded(folder.path());
    let key = PseudonymKey::new([7; 32]);
    let of_feed = folder.path().join("feed");
    fs::create_dir(&of_feed).unwrap();
    for (name, text) in FEED {
        fs::write(of_feed.join(name), text).unwrap();
    }
    let mapping = Mapping::parse(MAPPING, &law()).unwrap();
    let with_change = MAPPING.replace("[table.columns]", "[table.columns]\nchange = { from = \"CH\" }");
    let of_changes = Mapping::parse(&with_change, &law()).unwrap();
    for count in [1_u16, 3] {
        let shares = Shares::read(&mapping, folder.path(), count).unwrap();
        // As a screening and a feed find them: parts without anybody have no files.
        let parts_of = |name: &str| -> Vec<std::path::PathBuf> {
            let all = (0..shares.parts()).map(|part| folder.path().join(format!("{count}{name}/part-{part:05}")));
            all.filter(|part| part.join("person.parquet").is_file()).collect()
        };
        for part in 0..shares.parts() {
            let output = &folder.path().join(format!("{count}/part-{part:05}"));
            let loaded = registers::load_part(&mapping, folder.path(), (&law(), &key), &shares, part).unwrap();
            nation::write(&loaded.households, &law(), output).unwrap();
            feed::write(&loaded.households, output).unwrap();
        }
        let before = parts_of("");
        let changed = changes::apply(&of_changes, &of_feed, (&law(), &key), &before).unwrap();
        let mut kinds: Vec<Difference> = changed.differences.values().copied().collect();
        kinds.sort_by_key(|kind| kind.identifier());
        assert_eq!(kinds, [Difference::Changed, Difference::Gone, Difference::New], "{count} parts");
        assert_eq!(changed.gone.len(), 1);
        let told: Vec<_> =
            changed.loaded.aside.iter().map(|one| (one.file.as_str(), one.line, one.column.as_str())).collect();
        let expected = [
            ("residents.csv", 3, "RRN"), // left already
            ("residents.csv", 5, "CH"),  // no change that is known
            ("residents.csv", 6, "REL"), // there is a spouse already
            ("incomes.csv", 3, "RRN"),   // nobody knows this person
        ];
        assert_eq!(told, expected, "{:#?}", changed.loaded.aside);
        let couple = changed.loaded.households.values().find(|home| home.members.len() == 2).unwrap();
        assert_eq!((couple.couples.len(), couple.received.len()), (0, 0), "what has ended is gone");
        assert_eq!(couple.facts["monthly_rent"], 260_000);
        assert_eq!(couple.facts["municipality_kind"], "county", "what the feed does not tell stays");
        let earner = couple.members.iter().find(|member| member.role == "head").unwrap();
        assert_eq!(earner.facts["national_pension_old_age"], 450_000);

        let (mut all, mut after) = (0, std::collections::BTreeMap::new());
        for (part, previous) in before.iter().enumerate() {
            let output = folder.path().join(format!("{count}/after")).join(previous.file_name().unwrap());
            all += changed.write_part(part, (previous, &output), &law()).unwrap();
        }
        for part in parts_of("/after") {
            after.extend(read::households(&part, |_| true, &law()).unwrap());
        }
        assert_eq!((all, after.len()), (2, 2), "{} before", whole.households.len());
        assert_eq!(after, changed.loaded.households);
        // The next feed lies over this one: the same again changes nothing.
        let again = changes::apply(&of_changes, &of_feed, (&law(), &key), &parts_of("/after")).unwrap();
        assert!(again.differences.is_empty(), "{:?}", again.differences);
    }
    // What has ended does not stand in a load of all rows.
    let plain = registers::load(&of_changes, &of_feed, &law(), &key).unwrap();
    assert!(plain.aside.iter().any(|one| one.column == "CH" && one.line == 2), "{:#?}", plain.aside);
}

#[test]
fn a_population_is_exported_and_loaded_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let whole = loaded(folder.path());
    let (nation_folder, registers_folder) = (folder.path().join("nation"), folder.path().join("registers"));
    nation::write(&whole.households, &law(), &nation_folder).unwrap();
    let exported = registers::export::export(&[nation_folder], &law(), &registers_folder).unwrap();
    assert_eq!((exported.persons, exported.households), (3, 2));
    let mapping = Mapping::read(&registers_folder.join("mapping.toml"), &law()).unwrap();
    let key = PseudonymKey::new([9; 32]);
    let again = registers::load(&mapping, &registers_folder, &law(), &key).unwrap();
    assert!(again.aside.is_empty(), "{:#?}", again.aside);
    assert_eq!(again.households.len(), 2);
    for (id, household) in &whole.households {
        let same = &again.households[&key.of("household", id)];
        assert_eq!(same.facts, household.facts);
        let facts = |home: &maru_welfare::domain::Household| {
            let mut facts: Vec<_> = home.members.iter().map(|member| member.facts.clone()).collect();
            facts.sort_by_key(|facts| facts["birth"].to_string());
            facts
        };
        assert_eq!(facts(same), facts(household));
        assert_eq!((same.couples.len(), same.received.len()), (household.couples.len(), household.received.len()));
    }
}
