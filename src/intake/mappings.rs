//! Mappings of tables that are built in, by name.

use roadblock_layers::import::mapping::Mapping;

/// The column layouts that are known, written as anybody would write a mapping.
const BUILT_IN: [(&str, &str); 3] = [
    ("acled", include_str!("../../data/mappings/acled.toml")),
    ("hxl", include_str!("../../data/mappings/hxl.toml")),
    ("sdi-t", include_str!("../../data/mappings/sdi-t.toml")),
];

/// The text of the mapping of a name, if it is built in.
pub fn built_in(name: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// Their names.
pub fn names() -> String {
    BUILT_IN.map(|(known, _)| known).join(", ")
}

/// Reads the text of a mapping.
///
/// # Errors
/// A sentence that says what is wrong with it, and where.
pub fn parsed(name: &str, text: &str) -> Result<Mapping, String> {
    toml::from_str(text).map_err(|error| format!("mapping {name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use roadblock_layers::import::table::read;
    use roadblock_layers::validate;
    use roadblock_layers::vocab::Kind;
    use serde_json::{Value, json};

    /// The drafts in a table, all of which must be records, and the rows passed over.
    fn drafts(name: &str, text: &str) -> (Vec<Value>, Vec<Value>, usize) {
        let mapping = parsed(name, built_in(name).unwrap()).unwrap();
        assert_eq!(mapping.layer, "blockades");
        let table = read(text.as_bytes(), &mapping, Kind::Blockade, usize::MAX).unwrap();
        let sent: Vec<_> =
            table.rows.into_iter().map(|(number, row)| row.unwrap_or_else(|found| panic!("{number}: {found:?}"))).collect();
        for one in &sent {
            let (record, found) = validate::record(&one.draft, "");
            assert!(record.is_some(), "{:#?}\n{found:?}", one.draft);
            assert!(one.sources.iter().all(|source| validate::source(source, "").0.is_some()), "{:?}", one.sources);
        }
        let sources = sent.iter().flat_map(|one| one.sources.clone()).collect();
        (sent.into_iter().map(|one| one.draft).collect(), sources, table.skipped)
    }

    #[test]
    fn acled_events_keep_their_ids_as_sources_and_say_how_sure_they_are_of_place_and_day() {
        // Invented rows in the layout of the export tool.
        let text = "\
event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,location,latitude,longitude,geo_precision,source,source_scale,notes,fatalities
ZZZ1,2025-10-03,2,Battles,Armed clash,Military Forces of Mali (2021-),Example,12.5,-8.25,2,Example Press,National,\"Invented, twice\",3
ZZZ2,04 October 2025,1,Explosions/Remote violence,Remote explosive/landmine/IED,An invented group,Example,12.5,-8.25,1,Example Press,Subnational,Invented,0
ZZZ3,2025-10-05,1,Protests,Peaceful protest,Protesters (Mali),Example,12.5,-8.25,1,Example Press,National,Invented,0
";
        let (drafts, sources, skipped) = drafts("acled", text);
        assert_eq!((drafts.len(), skipped), (2, 1));
        let (clash, mine) = (&drafts[0], &drafts[1]);
        assert_eq!((&clash["subtype"], &mine["subtype"]), (&json!("armed_clash"), &json!("ied")));
        assert_eq!((&clash["time_precision"], &mine["time_precision"]), (&json!(2), &json!(1)));
        assert!(clash["accuracy_m"].as_f64() > mine["accuracy_m"].as_f64());
        assert_eq!((&clash["actor"], &mine["actor"]), (&json!("MLI-FAMA"), &json!("UNKNOWN")));
        assert_eq!(mine["valid_from"], "2025-10-04");
        assert_eq!(clash["counts"], json!({"fatalities_low": 3, "fatalities_high": 3}));
        assert!(
            drafts.iter().all(|draft| draft["sensitivity"] == "restricted" && !draft["id"].as_str().unwrap().contains("zzz"))
        );
        assert_eq!((&sources[0]["id"], &clash["sources"]), (&json!("acled-zzz1"), &json!(["acled-zzz1"])));
    }

    #[test]
    fn hxl_rows_are_found_by_their_tags() {
        let text = "\
Place,Lat,Lon,From,To,State,Level,About
#loc+name,#geo+lat,#geo+lon,#date+start,#date+end,#status,#severity,#meta+source
Example,12.5,-8.25,2025-10-03,,closed,4,Example Cluster
Example,12.5,-8.25,2025-11-03,2025-11-09,Restricted,2,Example Cluster
Example,12.5,-8.25,2025-12-03,,open,0,Example Cluster
";
        let (drafts, sources, skipped) = drafts("hxl", text);
        assert_eq!((drafts.len(), skipped), (2, 1));
        assert_eq!((&drafts[0]["effect"], &drafts[1]["effect"]), (&json!("closes"), &json!("restricts")));
        assert_eq!((drafts[0].get("valid_to"), &drafts[1]["valid_to"]), (None, &json!("2025-11-09")));
        assert_eq!(sources[0], sources[1]);
    }

    #[test]
    fn obstacles_of_sdi_t_close_or_restrict() {
        let text = "\
OBJECTID,Name,OpStatus,LastCheckDate,Comments,Source,Longitude,Latitude
17,Bridge at Example,3,2025-10-03,Span gone,Example Cluster,-8.25,12.5
18,Ford at Example,2,2025-10-04,,Example Cluster,-8.25,12.5
19,Culvert at Example,1,2025-10-04,,Example Cluster,-8.25,12.5
";
        let (drafts, _, skipped) = drafts("sdi-t", text);
        assert_eq!((drafts.len(), skipped), (2, 1));
        assert_eq!((&drafts[0]["effect"], &drafts[1]["effect"]), (&json!("closes"), &json!("restricts")));
        assert_eq!(drafts[0]["last_confirmed"], "2025-10-03");
    }
}
