//! CSV tables of others made drafts, row by row, as a mapping says.

use super::feature::{Sent, located};
use super::mapping::{Mapping, Part, Rule};
use crate::finding::Finding;
use crate::source::delimiter;
use crate::vocab::Kind;
use csv::StringRecord;
use serde_json::{Map, Value};

/// Rows at the top of a table among which the HXL tags are looked for.
const TAGS_WITHIN: usize = 25;

/// Characters of the names of columns that are told when some are missing.
const MOST_TOLD: usize = 2000;

/// A row: what it says, or everything that is wrong with it. Rows are numbered as spreadsheets number them, the titles being row 1.
pub type Row = (usize, Result<Sent, Vec<Finding>>);

/// What became of a table.
#[derive(Debug)]
pub struct Table {
    /// Its rows, but for those passed over.
    pub rows: Vec<Row>,
    /// How many were passed over because the mapping says so.
    pub skipped: usize,
}

/// Reads a table of records of one kind and no more than so many rows; cells are separated by commas, semicolons or tabs.
///
/// # Errors
/// What is wrong with the table as a whole: columns that the mapping needs and the table lacks, or more rows.
pub fn read(text: &[u8], mapping: &Mapping, kind: Kind, most_rows: usize) -> Result<Table, Vec<Finding>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(delimiter(text))
        .from_reader(text)
        .into_records()
        .enumerate()
        .map(|(number, row)| (number + 1, row));
    let titles = titles(&mut rows, mapping)?;
    let mut table = Table { rows: Vec::new(), skipped: 0 };
    for (number, row) in rows {
        if table.rows.len() + table.skipped >= most_rows {
            return Err(vec![Finding::error("too_many_rows", "", format!("more than {most_rows} rows; send them in parts"))]);
        }
        let row = match row {
            Ok(row) if row.len() == titles.0.len() => Cells { titles: &titles, row },
            Ok(row) => {
                let message = format!(
                    "{} cells in a table of {} columns; put cells that hold a separator in quotes",
                    row.len(),
                    titles.0.len()
                );
                table.rows.push((number, Err(vec![Finding::error("bad_row", "", message)])));
                continue;
            }
            Err(error) => {
                table.rows.push((number, Err(vec![Finding::error("bad_row", "", error.to_string())])));
                continue;
            }
        };
        table.take(number, &row, mapping, kind, &Value::Null);
    }
    Ok(table)
}

/// The same of features whose properties are the columns; the geometry says where a record is, unless the mapping does. They are numbered from 1.
///
/// # Errors
/// As [`read`].
pub fn read_features(features: Vec<Result<Value, Finding>>, mapping: &Mapping, kind: Kind) -> Result<Table, Vec<Finding>> {
    let mut table = Table { rows: Vec::new(), skipped: 0 };
    let mut titles = None;
    for (number, feature) in (1..).zip(features) {
        let feature = match feature {
            Ok(feature) => feature,
            Err(finding) => {
                table.rows.push((number, Err(vec![finding])));
                continue;
            }
        };
        let empty = Map::new();
        let properties = feature.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        if titles.is_none() {
            titles = Some(complete(properties.keys().map(String::as_str), mapping)?);
        }
        if let Some(titles) = &titles {
            let row = Cells { titles, row: properties.values().map(text).collect() };
            table.take(number, &row, mapping, kind, feature.get("geometry").unwrap_or(&Value::Null));
        }
    }
    Ok(table)
}

/// A value as a cell of a table.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Table {
    /// Takes a row, unless the mapping passes over it.
    fn take(&mut self, number: usize, row: &Cells<'_>, mapping: &Mapping, kind: Kind, geometry: &Value) {
        let is_skipped =
            mapping.skip.iter().any(|skip| skip.words.iter().any(|word| word.eq_ignore_ascii_case(row.cell(&skip.column))));
        match is_skipped {
            true => self.skipped += 1,
            false => self.rows.push((number, row.sent(mapping, kind, geometry))),
        }
    }
}

/// The names of the columns, as the mapping is compared with them.
struct Titles(Vec<String>);

/// Takes the rows up to the one that names the columns.
fn titles(
    rows: &mut impl Iterator<Item = (usize, csv::Result<StringRecord>)>,
    mapping: &Mapping,
) -> Result<Titles, Vec<Finding>> {
    let refuse = |message: String| Err(vec![Finding::error("no_columns", "", message)]);
    let is_tagged = |row: &StringRecord| row.iter().filter(|cell| cell.starts_with('#')).count() * 2 > row.len();
    let mut named = rows.take(if mapping.hxl { TAGS_WITHIN } else { 1 }).filter_map(|(_, row)| row.ok());
    let Some(row) = named.find(|row| !mapping.hxl || is_tagged(row)) else {
        return refuse(if mapping.hxl { "no row of HXL tags, such as #adm2+code" } else { "the table is empty" }.to_owned());
    };
    complete(row.iter(), mapping)
}

/// The names of columns, if all that the mapping needs are among them.
fn complete<'n>(names: impl Iterator<Item = &'n str> + Clone, mapping: &Mapping) -> Result<Titles, Vec<Finding>> {
    let titles = Titles(names.clone().map(plain).collect());
    let missing: Vec<&str> = mapping.needed().filter(|name| titles.position(name).is_none()).collect();
    if missing.is_empty() {
        return Ok(titles);
    }
    let found: String = names.collect::<Vec<_>>().join(", ").chars().take(MOST_TOLD).collect();
    let message = format!("the mapping needs columns that are not there: {}; there are: {found}", missing.join(", "));
    Err(vec![Finding::error("no_columns", "", message)])
}

/// A name without what people write in several ways: case, blanks, and the order of an HXL tag's attributes.
fn plain(name: &str) -> String {
    let name: String = name.chars().filter(|one| !one.is_whitespace()).flat_map(char::to_lowercase).collect();
    if !name.starts_with('#') {
        return name;
    }
    let mut parts: Vec<&str> = name.split('+').collect();
    if let Some(attributes) = parts.get_mut(1..) {
        attributes.sort_unstable();
    }
    parts.join("+")
}

impl Titles {
    fn position(&self, name: &str) -> Option<usize> {
        let name = plain(name);
        self.0.iter().position(|title| *title == name)
    }
}

struct Cells<'t> {
    titles: &'t Titles,
    row: StringRecord,
}

impl Cells<'_> {
    /// A cell; one of a column that is not there is empty.
    fn cell(&self, column: &str) -> &str {
        self.titles.position(column).and_then(|position| self.row.get(position)).unwrap_or_default()
    }

    fn sent(&self, mapping: &Mapping, kind: Kind, geometry: &Value) -> Result<Sent, Vec<Finding>> {
        let mut findings = Vec::new();
        let mut draft = self.part(&mapping.record, "", &mut findings);
        draft.insert("kind".to_owned(), kind.as_str().into());
        let sources: Vec<Value> =
            mapping.source.iter().map(|source| Value::Object(self.part(source, "/sources", &mut findings))).collect();
        if !sources.is_empty() {
            let ids: Vec<Value> = sources.iter().filter_map(|source| source.get("id").cloned()).collect();
            draft.insert("sources".to_owned(), ids.into());
        }
        if !geometry.is_null() {
            located(kind, &mut draft, geometry);
        }
        if findings.is_empty() { Ok(Sent { draft: draft.into(), sources, nulls: Vec::new() }) } else { Err(findings) }
    }

    fn part(&self, part: &Part, place: &str, findings: &mut Vec<Finding>) -> Map<String, Value> {
        let mut draft = Map::new();
        draft.insert("id".to_owned(), part.id.read(|column| self.cell(column)).into());
        if part.id.columns.iter().all(|column| self.cell(column).is_empty()) {
            let message = format!("write what tells the row from others into: {}", part.id.columns.join(", "));
            findings.push(Finding::error("missing", format!("{place}/id"), message));
        }
        for (name, rule) in &part.members {
            match Rule::read(rule, |column| self.cell(column)) {
                Ok(value) => value.into_iter().for_each(|value| put(&mut draft, name, value)),
                Err((code, message)) => {
                    findings.push(Finding::error(code, format!("{place}/{}", name.replace('.', "/")), message));
                }
            }
        }
        draft
    }
}

/// Puts a member where its dotted name says; what stands in its way gives way.
fn put(draft: &mut Map<String, Value>, name: &str, value: Value) {
    match name.split_once('.') {
        None => drop(draft.insert(name.to_owned(), value)),
        Some((outer, inner)) => {
            let within = draft.entry(outer).or_insert_with(|| Map::new().into());
            if !within.is_object() {
                *within = Map::new().into();
            }
            if let Value::Object(within) = within {
                put(within, inner, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn mapping(more: Value) -> Mapping {
        let mut mapping = json!({
            "layer": "blockades", "skip": [{"column": "what", "words": ["protest"]}],
            "record": {"id": {"prefix": "t-", "columns": ["nr"]}, "members": {
                "name": {"template": "{what} at {where}"}, "severity": {"column": "Grade", "as": "whole", "empty": 1},
                "subtype": {"column": "what", "words": {"Attack": "ambush"}}, "location.method": "point",
                "location.lon": {"column": "x", "as": "number"}, "commodity": {"column": "goods", "as": "list", "optional": true},
                "valid_from": {"column": "day", "dates": ["%d/%m/%Y", "%d %B %Y"]}}},
            "source": {"id": {"prefix": "t-src-", "columns": ["nr"], "opaque": true}, "members": {"title": {"column": "what"}}},
        });
        mapping.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        serde_json::from_value(mapping).unwrap()
    }

    #[test]
    fn rows_become_drafts_as_the_mapping_says() {
        let text = "\u{feff}NR;what;where;x;grade;day\n7 a;attack;Kati;-8.5;;03/10/2025\n8;Protest;Kati;1;1;x\n9;Attack;;-8;4;4 October 2025\n";
        let table = read(text.as_bytes(), &mapping(json!({})), Kind::Blockade, usize::MAX).unwrap();
        assert_eq!(table.skipped, 1);
        let rows: Vec<(usize, Sent)> = table.rows.into_iter().map(|(number, row)| (number, row.unwrap())).collect();
        assert_eq!(rows.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [2, 4]);
        let (sent, source) = (&rows[0].1.draft, &rows[0].1.sources[0]);
        let id = source["id"].as_str().unwrap();
        assert!(id.starts_with("t-src-") && id.len() == 22, "{id}");
        assert_eq!(
            *sent,
            json!({"id": "t-7-a", "name": "attack at Kati", "severity": 1, "subtype": "ambush", "kind": "blockade",
                   "location": {"method": "point", "lon": -8.5}, "valid_from": "2025-10-03", "sources": [id]})
        );
        assert_eq!(rows[1].1.draft["valid_from"], "2025-10-04");
        assert_ne!(rows[1].1.sources[0]["id"], source["id"]);
    }

    #[test]
    fn every_cell_that_is_wrong_is_told() {
        let text = "nr,what,where,x,grade,day\n,riot,Kati,\"8,5\",much,2025\n1,attack\n";
        let table = read(text.as_bytes(), &mapping(json!({})), Kind::Blockade, usize::MAX).unwrap();
        let told =
            |row: &Row| row.1.as_ref().unwrap_err().iter().map(|one| format!("{} {}", one.code, one.pointer)).collect::<Vec<_>>();
        assert_eq!(
            told(&table.rows[0]),
            [
                "missing /id",
                "bad_number /location/lon",
                "bad_number /severity",
                "unknown_word /subtype",
                "bad_time /valid_from",
                "missing /sources/id"
            ]
        );
        assert_eq!(told(&table.rows[1]), ["bad_row "]);
        let lacking = read(b"nr,what\n1,2\n", &mapping(json!({})), Kind::Blockade, usize::MAX).unwrap_err();
        assert!(
            lacking[0].message.contains("x") && lacking[0].message.ends_with("there are: nr, what"),
            "{}",
            lacking[0].message
        );
    }

    #[test]
    fn a_table_of_too_many_rows_is_refused_whatever_they_are() {
        let text = "nr,what,where,x,grade,day\n1,attack\n2,Protest,Kati,1,1,x\n";
        let read = |most| read(text.as_bytes(), &mapping(json!({})), Kind::Blockade, most);
        assert_eq!((read(2).unwrap().rows.len(), read(2).unwrap().skipped), (1, 1));
        let refused = read(1).unwrap_err();
        assert!(refused[0].code == "too_many_rows" && refused[0].message.contains("more than 1 rows"), "{refused:?}");
        let wide = format!("{}\n1\n", "y".repeat(1 << 20));
        let refused = super::read(wide.as_bytes(), &mapping(json!({})), Kind::Blockade, 9).unwrap_err();
        assert!(refused[0].code == "no_columns" && refused[0].message.len() < 4000);
    }

    #[test]
    fn hxl_tags_name_the_columns_whatever_stands_above() {
        let more = json!({"hxl": true, "skip": [], "source": null, "record": {"id": {"prefix": "h-", "columns": ["#event +code"]},
                          "members": {"name": {"column": "#loc+v_x+name"}}}});
        let text = "Nummer,Ort\n#event+code,#loc+name+v_x\nA1,Kati\n";
        let table = read(text.as_bytes(), &mapping(more.clone()), Kind::Blockade, usize::MAX).unwrap();
        assert_eq!(table.rows[0].0, 3);
        assert_eq!(table.rows[0].1.as_ref().unwrap().draft, json!({"id": "h-a1", "name": "Kati", "kind": "blockade"}));
        let untagged = read(b"Nummer,Ort\nA1,Kati\n", &mapping(more), Kind::Blockade, usize::MAX).unwrap_err();
        assert!(untagged[0].message.contains("#adm2+code"));
    }

    #[test]
    fn a_rule_with_a_word_that_is_not_known_is_refused() {
        let rule = |value: Value| serde_json::from_value::<Rule>(value);
        assert!(rule(json!({"column": "a", "word": {}})).unwrap_err().to_string().contains("word"));
        assert!(rule(json!({"template": 1})).is_err());
        assert!(matches!(rule(json!({"anything": 1})), Ok(Rule::Constant(_))));
    }
}
