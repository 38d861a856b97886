//! Inside a crate, modules stand from the ground up in `lib.rs` and import only from those above them in that list; inside a
//! module, its parts do not import in a circle.

use super::sources::{CRATES, program};
use crate::outside::top;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn modules_import_only_from_those_listed_before_them() {
    let mut wrong = Vec::new();
    for folder in CRATES {
        let order = listed_modules(folder);
        let place = |name: &str| order.iter().position(|module| module == name);
        for source in program().iter().filter(|source| source.path.starts_with(folder)) {
            let inner = &source.path[folder.len() + 1..];
            let module = inner.split(['/', '.']).next().unwrap_or_default();
            // lib.rs lists, main.rs starts; neither is a module.
            let Some(own) = place(module) else { continue };
            let above = imported(&source.code, "crate::").into_iter().filter(|name| place(name).is_none_or(|other| other > own));
            wrong.extend(above.map(|name| format!("{} imports crate::{name}", source.path)));
        }
    }
    assert!(wrong.is_empty(), "against the order in lib.rs:\n{}", wrong.join("\n"));
}

/// Names of the modules in the order of `lib.rs`.
fn listed_modules(folder: &str) -> Vec<String> {
    let text = std::fs::read_to_string(top().join(folder).join("lib.rs")).unwrap();
    let names = text.lines().filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'));
    names.map(str::to_owned).collect()
}

/// Parts of one module, `folder/part.rs`, each with the parts beside it that it imports by `super::`.
fn parts_beside_each_other() -> BTreeMap<String, BTreeSet<String>> {
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in program() {
        let (folder, name) = source.path.rsplit_once('/').unwrap_or_default();
        if let Some(part) = name.strip_suffix(".rs").filter(|_| !CRATES.contains(&folder)) {
            let beside = imported(&source.code, "super::").into_iter().map(|other| format!("{folder}/{other}"));
            imports.insert(format!("{folder}/{part}"), beside.collect());
        }
    }
    imports
}

/// Those that lead back to themselves, along whatever way.
fn circular(imports: &BTreeMap<String, BTreeSet<String>>) -> Vec<&str> {
    let reached = |start: &String| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![start]);
        while let Some(part) = next.pop() {
            next.extend(imports.get(part).into_iter().flatten().filter(|other| seen.insert(*other)));
        }
        seen.contains(start)
    };
    imports.keys().filter(|part| reached(part)).map(String::as_str).collect()
}

#[test]
fn parts_of_a_module_do_not_import_in_a_circle() {
    let imports = parts_beside_each_other();
    assert!(imports["tiles/src/raster/paint"].contains("tiles/src/raster/labels"), "imports between parts are seen");
    assert_eq!(circular(&imports), [""; 0]);
}

#[test]
fn a_circle_is_seen_and_a_diamond_is_none() {
    let graph = |edges: &[(&str, &str)]| {
        let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in edges {
            imports.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        imports
    };
    assert_eq!(circular(&graph(&[("a", "b"), ("b", "c"), ("c", "b")])), ["b", "c"]);
    assert_eq!(circular(&graph(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])), [""; 0]);
}

/// First path segments after `start` (`crate::`, `super::`), braces opened.
fn imported(code: &str, start: &str) -> BTreeSet<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = BTreeSet::new();
    for rest in code.split(start).skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => names.extend(outermost(group).into_iter().map(name)),
            None => drop(names.insert(name(rest))),
        }
    }
    names
}

/// The members of a brace group that was just opened, split at its own commas.
fn outermost(group: &str) -> Vec<&str> {
    let (mut depth, mut from, mut members) = (0u32, 0, Vec::new());
    for (at, character) in group.char_indices() {
        match character {
            '}' if depth == 0 => {
                members.push(&group[from..at]);
                break;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                members.push(&group[from..at]);
                from = at + 1;
            }
            _ => (),
        }
    }
    members.into_iter().map(str::trim).filter(|member| !member.is_empty()).collect()
}

#[test]
fn imports_are_read_from_every_form() {
    let code =
        "use crate::time::Instant;\nuse crate::{problem::Problem, tile::{Key, Pool}, world};\nlet x = crate::clock::now();";
    let expected = ["clock", "problem", "tile", "time", "world"];
    assert_eq!(imported(code, "crate::").into_iter().collect::<Vec<_>>(), expected);
}
