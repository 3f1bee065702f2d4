//! Open data: everything in the plan as CSV and JSON, and its entry in a catalogue (DCAT 3).

use maru_columns::{ColumnsError, table_bytes};
use maru_rules::reform::{Cells, Table};
use serde_json::{Value as Json, json};

use crate::{
    api::{RecommendationView, file_address},
    domain::{EvidenceFile, Number, Particulars, body},
    service::Overview,
};

/// The columns of the CSV file.
const COLUMNS: [&str; 17] = [
    "number",
    "pillar",
    "area",
    "area_title",
    "task_title",
    "lead",
    "responsible",
    "cooperating",
    "deadlines",
    "status",
    "next_quarter",
    "last_report",
    "text",
    "version",
    "file_names",
    "file_addresses",
    "file_sha256",
];

/// The cells of every recommendation, in the order of [`COLUMNS`].
fn rows(overview: &Overview, site: &str) -> Vec<[String; 17]> {
    let entered = overview.seen.iter().filter_map(|seen| Some((seen, seen.recommendation.entry.as_ref()?)));
    let rows = entered.map(|(seen, entry)| {
        let names = |ids: &[String]| {
            ids.iter().map(|id| body(id).map_or(id.as_str(), |body| body.name)).collect::<Vec<_>>().join("; ")
        };
        let deadlines =
            entry.deadlines.iter().map(|deadline| format!("{} {}", bound(deadline.bound), deadline.quarter));
        let of_files = |say: &dyn Fn(&EvidenceFile) -> String| {
            seen.recommendation.files_shown().map(say).collect::<Vec<_>>().join("; ")
        };
        [
            entry.number.to_string(),
            entry.pillar.clone(),
            entry.area.to_string(),
            entry.area_title.clone(),
            entry.task_title.clone(),
            names(std::slice::from_ref(&entry.lead)),
            names(&entry.responsible),
            names(&entry.cooperating),
            deadlines.collect::<Vec<_>>().join("; "),
            seen.standing.status.identifier().to_owned(),
            seen.standing.next.map(|due| due.quarter.to_string()).unwrap_or_default(),
            seen.recommendation.reported.map(|quarter| quarter.to_string()).unwrap_or_default(),
            entry.text.clone(),
            seen.recommendation.version.clone(),
            of_files(&|file| file.name().to_owned()),
            of_files(&|file| file_address(site, entry.number, &file.sha256)),
            of_files(&|file| file.sha256.clone()),
        ]
    });
    rows.collect()
}

/// With it spreadsheets read Korean.
pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';

/// All recommendations as CSV (RFC 4180).
pub(super) fn csv(overview: &Overview, site: &str) -> String {
    let mut text = format!("{BYTE_ORDER_MARK}{}\r\n", COLUMNS.join(","));
    for cells in rows(overview, site) {
        text.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        text.push_str("\r\n");
    }
    text
}

fn bound(bound: crate::domain::Bound) -> &'static str {
    match bound {
        crate::domain::Bound::By => "by",
        crate::domain::Bound::In => "in",
        crate::domain::Bound::From => "from",
    }
}

/// A cell. What a spreadsheet would take for a formula begins with a mark that it does not.
pub(super) fn quoted(cell: &str) -> String {
    let cell = if cell.starts_with(['=', '+', '-', '@', '\t']) { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r', ';']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

/// All recommendations as Parquet: the same columns as the CSV file, texts, `area` a number.
pub(super) fn parquet(overview: &Overview, site: &str) -> Result<Vec<u8>, ColumnsError> {
    let rows = rows(overview, site);
    let columns = COLUMNS.iter().enumerate().map(|(at, name)| {
        let texts = rows.iter().map(|row| row[at].clone());
        let cells = if *name == "area" {
            Cells::Counts(texts.map(|text| text.parse().unwrap_or_default()).collect())
        } else {
            Cells::Texts(texts.collect())
        };
        ((*name).to_owned(), cells)
    });
    table_bytes(&Table { name: "recommendations".to_owned(), columns: columns.collect() })
}

/// All recommendations as JSON.
pub(super) fn json(overview: &Overview, site: &str) -> Json {
    let views = overview.seen.iter().filter_map(|seen| RecommendationView::of_at(seen, site));
    let recommendations: Vec<RecommendationView> = views.collect();
    json!({ "day": overview.day, "recommendations": recommendations })
}

/// What all recommendations are held to, as JSON.
pub(super) fn particulars(known: Vec<(Number, Particulars)>) -> Json {
    json!({ "particulars": crate::api::particular_views(known) })
}

/// The entry of the data set in a catalogue, as JSON-LD.
pub(super) fn catalogue(overview: &Overview, site: &str, agency: &str) -> Json {
    let file = |name: &str, media: &str, title: &str| {
        json!({
            "@type": "dcat:Distribution",
            "@id": format!("{site}/plan/data/{name}"),
            "dct:title": title,
            "dcat:accessURL": { "@id": format!("{site}/plan") },
            "dcat:downloadURL": { "@id": format!("{site}/plan/data/{name}") },
            "dcat:mediaType": { "@id": format!("https://www.iana.org/assignments/media-types/{media}") },
            "dct:license": { "@id": "https://www.kogl.or.kr/info/license.do#01-tab" },
        })
    };
    json!({
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@type": "dcat:Dataset",
        "@id": format!("{site}/plan/data"),
        "dct:title": [
            { "@value": "국가 인공지능 행동계획: 권고와 추진 상황", "@language": "ko" },
            { "@value": "The national AI action plan: recommendations and their standing", "@language": "en" },
        ],
        "dct:description": [
            { "@value": "권고마다 주관기관, 협력기관, 기한, 상태", "@language": "ko" },
            { "@value": "Responsible and co-operating bodies, deadlines and status of every recommendation", "@language": "en" },
        ],
        "dct:identifier": "plan-recommendations",
        "dct:language": { "@id": "http://publications.europa.eu/resource/authority/language/KOR" },
        "dct:accrualPeriodicity": { "@id": "http://publications.europa.eu/resource/authority/frequency/UPDATE_CONT" },
        "dct:modified": { "@value": overview.day, "@type": "xsd:date" },
        "dct:publisher": { "@type": "foaf:Agent", "foaf:name": agency },
        "dcat:keyword": ["인공지능", "행동계획", "이행점검", "AI", "action plan"],
        "dcat:distribution": [
            file("recommendations.csv", "text/csv", "CSV"),
            file("recommendations.json", "application/json", "JSON"),
            file("recommendations.parquet", "application/vnd.apache.parquet", "Parquet"),
            file("particulars.json", "application/json", "JSON: milestones, indicators, budgets, bills"),
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        assert_eq!(quoted("가, \"나\""), "\"가, \"\"나\"\"\"");
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("가"), "가");
    }
}
