//! A style of the user's own: a file, the drawings that may lie beside it, and everything that is found in both.
//!
//! `harbour.json` is the style `harbour`; `harbour.icons.json` beside it holds icons and patterns in the shape of
//! `data/style/icons.json`, which join the built-in ones and take the place of those of the same name.

use super::StyleError;
use super::named::{Drawn, Legend, Named, Title};
use roadblock_layers::layer::LayerName;
use roadblock_tiles::raster::{Color, Gravity, Icons, MOST_BYTES, Reading, Style, StyleIssue};
use serde::Deserialize;
use serde_json::Value;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Names that addresses below `/styles/` have taken.
const TAKEN: [&str; 2] = ["default", "icons"];
/// Members of a table of drawings.
const TABLE: [&str; 3] = ["note", "icons", "patterns"];
/// Colours that a style may give to what stands around maps.
const SHEET: [&str; 3] = ["paper", "ink", "faint"];

/// A file, read.
pub struct Own {
    /// The style; what is wrong or not drawn in it is left out.
    pub named: Named,
    /// Everything that is wrong or not drawn.
    pub issues: Vec<StyleIssue>,
    /// How many rules it has.
    pub rules: usize,
    /// How many of them are drawn.
    pub drawn: usize,
}

impl Own {
    /// Reads a file; `builtin` are the drawings that any style may use.
    pub fn read(path: &Path, builtin: &Value) -> Result<Self, StyleError> {
        let id = id(path)?;
        let text = bounded(path)?;
        let beside = Self::beside(path);
        let drawings = match bounded(&beside) {
            Err(StyleError::Read { source, .. }) if source.kind() == ErrorKind::NotFound => builtin.clone(),
            read => joined(builtin, &read?, &beside)?,
        };
        let icons = Icons::parse(&drawings.to_string()).map_err(|error| refused(&beside, error.to_string()))?;
        let Reading { style, mut issues, rules, drawn } = Style::read(&text, Some(&icons));
        let document: Value = serde_json::from_str(&text).unwrap_or_default();
        issues.extend(of_metadata(&document));
        let name = document["name"].as_str().filter(|name| !name.is_empty()).unwrap_or(&id).to_owned();
        let title = Title { en: name.clone(), fr: name };
        let named = Named::with(id, title, Drawn::Named, document, drawings, style, icons);
        Ok(Self { named, issues, rules, drawn })
    }

    /// Where the drawings of a style are, if it has any.
    pub fn beside(path: &Path) -> PathBuf {
        path.with_extension("icons.json")
    }

    /// The style, if nothing is wrong in it.
    pub fn right(self) -> Result<(Named, Vec<StyleIssue>), StyleError> {
        let is_wrong = self.issues.iter().any(|issue| issue.gravity == Gravity::Wrong);
        match is_wrong {
            true => Err(StyleError::Rules { id: self.named.id.to_string(), issues: self.issues }),
            false => Ok((self.named, self.issues)),
        }
    }
}

fn refused(path: &Path, reason: String) -> StyleError {
    StyleError::File { path: path.to_owned(), reason }
}

/// The name of the style: that of the file without its ending.
fn id(path: &Path) -> Result<String, StyleError> {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if LayerName::new(&stem).is_err() || TAKEN.contains(&stem.as_str()) {
        let right = "rename the file: a small letter, then up to 62 of a-z, 0-9, _ and -, and not 'all', 'default' or 'icons'";
        return Err(refused(path, format!("'{stem}' is no name of a style; {right}")));
    }
    Ok(stem)
}

/// The text of a file that is no longer than a style may be.
fn bounded(path: &Path) -> Result<String, StyleError> {
    let read = |source| StyleError::Read { path: path.to_owned(), source };
    let file = File::open(path).map_err(read)?;
    let mut text = String::new();
    let most = MOST_BYTES as u64;
    file.take(most + 1).read_to_string(&mut text).map_err(read)?;
    if text.len() > MOST_BYTES {
        return Err(refused(path, format!("the file is longer than {most} bytes; no style is")));
    }
    // Some editors put a byte order mark before it.
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// The built-in drawings and those of a text.
fn joined(builtin: &Value, text: &str, path: &Path) -> Result<Value, StyleError> {
    let own: Value = serde_json::from_str(text).map_err(|error| refused(path, format!("this is no JSON: {error}")))?;
    let Some(members) = own.as_object() else {
        return Err(refused(path, "drawings are an object with \"icons\" and \"patterns\"".to_owned()));
    };
    if let Some(unknown) = members.keys().find(|name| !TABLE.contains(&name.as_str())) {
        return Err(refused(path, format!("drawings have no '{unknown}'; they have: {}", TABLE.join(", "))));
    }
    let mut all = builtin.clone();
    for part in ["icons", "patterns"] {
        let Some(json) = members.get(part) else { continue };
        let Some(drawings) = json.as_object() else {
            return Err(refused(path, format!("'{part}' is an object of drawings by name")));
        };
        if let Some(known) = all[part].as_object_mut() {
            known.extend(drawings.iter().map(|(name, drawing)| (name.clone(), drawing.clone())));
        }
    }
    Ok(all)
}

/// What is wrong with what the style says for legends and sheets.
fn of_metadata(document: &Value) -> Vec<StyleIssue> {
    let wrong = |pointer: String, rule: &Value, message: String| StyleIssue {
        pointer,
        rule: rule["id"].as_str().map(str::to_owned),
        message,
        gravity: Gravity::Wrong,
    };
    let rules = document["layers"].as_array().map(Vec::as_slice).unwrap_or_default();
    let legends = rules.iter().enumerate().filter_map(|(number, rule)| {
        let error = Legend::deserialize(rule["metadata"].get("roadblock:legend")?).err()?;
        let right = "write {\"by\": \"class\", \"items\": [{\"value\": \"main\", \"en\": \"Main road\", \"fr\": \"Route\"}]}";
        Some(wrong(format!("/layers/{number}/metadata/roadblock:legend"), rule, format!("{error}; {right}")))
    });
    let sheet = &document["metadata"]["roadblock:sheet"];
    let colors = SHEET.iter().filter_map(|name| {
        let is_color = sheet.get(name)?.as_str().and_then(Color::parse).is_some();
        let pointer = format!("/metadata/roadblock:sheet/{name}");
        (!is_color).then(|| wrong(pointer, &Value::Null, "this is no colour; write one as #rrggbb".to_owned()))
    });
    legends.chain(colors).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(name: &str, style: &str, icons: Option<&str>) -> Result<Own, StyleError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, style).unwrap();
        if let Some(icons) = icons {
            std::fs::write(path.with_extension("icons.json"), icons).unwrap();
        }
        let builtin = json!({"icons": {"dot": {"size": 8, "paths": []}}, "patterns": {}});
        Own::read(&path, &builtin)
    }

    const ANCHORS: &str = r#"{"version": 8, "name": "Harbour", "layers": [{"id": "anchors", "type": "symbol", "source": "roadblock",
        "source-layer": "ports", "layout": {"icon-image": "anchor"}}]}"#;

    #[test]
    fn drawings_beside_the_file_join_the_built_in_ones() {
        let alone = read("harbour.json", ANCHORS, None).unwrap();
        assert!(alone.issues[0].message.contains("no icon 'anchor'"), "{:?}", alone.issues);
        let drawn =
            read("harbour.json", &format!("\u{feff}{ANCHORS}"), Some(r#"{"icons": {"anchor": {"size": 16, "paths": []}}}"#))
                .unwrap();
        assert!(drawn.issues.is_empty() && drawn.drawn == 1, "{:?}", drawn.issues);
        assert_eq!((&*drawn.named.id, drawn.named.title.en.as_str()), ("harbour", "Harbour"));
        assert!(drawn.named.drawings()["icons"]["dot"].is_object());
        for (icons, words) in
            [("[", "no JSON"), ("{\"icon\": {}}", "no 'icon'"), ("{\"icons\": {\"a\": {\"size\": 8}}}", "paths")]
        {
            let error = read("harbour.json", ANCHORS, Some(icons)).err().unwrap().to_string();
            assert!(error.contains("harbour.icons.json") && error.contains(words), "{error}");
        }
    }

    #[test]
    fn a_name_that_cannot_stand_in_an_address_is_refused() {
        for name in ["Harbour.json", "default.json", "icons.json", "all.json", "a b.json", "harbour.icons.json"] {
            let error = read(name, ANCHORS, None).err().unwrap().to_string();
            assert!(error.contains("rename the file"), "{error}");
        }
    }

    #[test]
    fn what_is_wrong_beside_the_rules_is_told_as_well() {
        let style = json!({"version": 8, "metadata": {"roadblock:sheet": {"ink": "inky"}}, "layers": [
            {"id": "roads", "type": "line", "source-layer": "roads", "metadata": {"roadblock:legend": {"by": 3}}},
        ]});
        let own = read("roads.json", &style.to_string(), None).unwrap();
        let pointers: Vec<&str> = own.issues.iter().map(|issue| issue.pointer.as_str()).collect();
        assert_eq!(pointers, ["/layers/0/metadata/roadblock:legend", "/metadata/roadblock:sheet/ink"]);
        assert!(own.right().is_err());
    }

    #[test]
    fn what_is_too_long_is_refused_before_it_is_read() {
        let error = read("long.json", &" ".repeat(10 << 20), None).err().unwrap().to_string();
        assert!(error.contains("2097152"), "{error}");
    }
}
