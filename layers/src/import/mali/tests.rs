use super::*;
use crate::dataset::{self, Lines};
use crate::record::{Body, Record, Records};
use crate::vocab::Sensitivity;
use std::path::PathBuf;

fn shipped(file: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data/mali").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn imported() -> Imported {
    import(&shipped("mali.json"), &shipped("outline.geojson")).unwrap()
}

fn read_back(imported: &Imported) -> Records {
    let text = |name: &str| imported.files.iter().find(|(file, _)| *file == name).map(|(_, text)| text.as_str()).unwrap();
    let files = TABLES.map(|(_, name)| Lines { name, text: text(name) });
    dataset::read(&files, Lines { name: "sources.jsonl", text: text("sources.jsonl") }).unwrap()
}

#[test]
fn everything_arrives() {
    let counts = imported().counts;
    assert_eq!(
        counts,
        [
            ("towns", 128, 128),
            ("segments", 134, 134),
            ("corridors", 21, 21),
            ("incidents", 45, 45),
            ("areas", 12, 12),
            ("sources", 51, 51)
        ]
    );
}

#[test]
fn what_is_worth_knowing_is_found() {
    let found: Vec<(String, &str)> = imported().findings.into_iter().map(|finding| (finding.pointer, finding.code)).collect();
    let codes: Vec<&str> = found.iter().map(|(_, code)| *code).collect();
    assert_eq!(codes.iter().filter(|code| **code == "between_without_corridor").count(), 1, "{found:?}");
    assert_eq!(codes.iter().filter(|code| **code == "unlocated").count(), 1, "{found:?}");
    assert_eq!(codes.len(), 2, "{found:?}");
}

#[test]
fn the_shipped_files_are_what_the_import_makes() {
    for (file, content) in imported().files {
        assert!(shipped(file) == content, "data/mali/{file} is stale; run the import again (data/mali/README.md)");
    }
}

#[test]
fn the_files_read_back_as_the_same_records() {
    let records = read_back(&imported());
    assert_eq!((records.iter().len(), records.sources().len()), (128 + 134 + 21 + 45 + 12, 51));
}

#[test]
fn ids_of_what_is_not_public_tell_nothing() {
    let imported = imported();
    let records = read_back(&imported);
    let hidden: Vec<&str> =
        records.iter().filter(|record| record.common().sensitivity != Sensitivity::Public).map(Record::id).collect();
    assert_eq!(hidden.len(), 7);
    assert!(
        hidden.iter().all(|id| id.len() == 18 && id.starts_with("r-") && id[2..].bytes().all(|byte| byte.is_ascii_hexdigit()))
    );
}

#[test]
fn areas_lie_in_the_country_and_do_not_overlap() {
    use geo::{Area, BooleanOps, BoundingRect};
    let records = read_back(&imported());
    let areas: Vec<_> = records
        .iter()
        .filter_map(|record| match record.body() {
            Body::Area(area) => Some((record.id(), &area.shape)),
            _ => None,
        })
        .collect();
    assert_eq!(areas.len(), 12);
    for (number, (id, shape)) in areas.iter().enumerate() {
        let bounds = shape.bounding_rect().unwrap();
        assert!(bounds.min().x > -12.3 && bounds.max().x < 4.3 && bounds.min().y > 10.1 && bounds.max().y < 25.1, "{id}");
        for (other, shape_of_other) in &areas[number + 1..] {
            assert!(shape.intersection(*shape_of_other).unsigned_area() < 1e-3, "{id} and {other} overlap");
        }
    }
}

#[test]
fn a_report_that_refers_to_nothing_is_refused_by_name() {
    let mut data: Value = serde_json::from_str(&shipped("mali.json")).unwrap();
    data["incidents"][0]["location"]["place"] = "atlantis".into();
    let imported = import(&data.to_string(), &shipped("outline.geojson")).unwrap();
    assert!(imported.counts.contains(&("incidents", 44, 45)));
    assert!(imported.findings.iter().any(|finding| finding.code == "dangling_reference" && finding.message.contains("atlantis")));
}

#[test]
fn a_hidden_row_of_any_table_gets_an_opaque_id() {
    let mut data: Value = serde_json::from_str(&shipped("mali.json")).unwrap();
    data["incidents"][0]["sensitivity"] = "confidential".into();
    let imported = import(&data.to_string(), &shipped("outline.geojson")).unwrap();
    let made: Vec<&str> =
        imported.files.iter().filter(|(name, _)| name.ends_with(".jsonl")).map(|(_, text)| text.as_str()).collect();
    assert!(made.iter().all(|text| !text.contains("ev-0701-diboli")));
}

#[test]
fn of_two_rows_with_one_id_the_first_stays_and_the_second_is_counted_out() {
    let mut data: Value = serde_json::from_str(&shipped("mali.json")).unwrap();
    data["incidents"][1]["id"] = data["incidents"][0]["id"].clone();
    let imported = import(&data.to_string(), &shipped("outline.geojson")).unwrap();
    assert!(imported.counts.contains(&("incidents", 44, 45)));
    let refused: Vec<&Finding> = imported.findings.iter().filter(|finding| finding.code == "repeated_id").collect();
    assert_eq!(refused.iter().map(|finding| finding.pointer.as_str()).collect::<Vec<_>>(), ["/incidents/1/id"]);
}

#[test]
fn what_the_data_set_says_of_itself_reads_back() {
    let about: crate::dataset::About = serde_json::from_str(&shipped("dataset.json")).unwrap();
    assert_eq!((about.timeline.len(), about.admin2.len()), (9, 50));
    let sources = read_back(&imported());
    assert!(about.timeline.iter().all(|milestone| sources.source(&milestone.source).is_some()));
    let schools = about.timeline.iter().find(|milestone| milestone.text.starts_with("Schools closed")).unwrap();
    assert_eq!(
        schools.to.map(|to| to.to_string()).as_deref(),
        Some("2025-11-10T00:00:00Z"),
        "closed up to and including the 9th"
    );
}

#[test]
fn what_cannot_be_imported_at_all_says_why() {
    let outline = shipped("outline.geojson");
    for (data, outline, why) in [
        ("{", outline.as_str(), "no JSON"),
        ("{}", outline.as_str(), "'towns'"),
        (&shipped("mali.json"), r#"{"type": "Point", "coordinates": [0, 0]}"#, "outline"),
    ] {
        let error = import(data, outline).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}
