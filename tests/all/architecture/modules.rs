//! Inside a crate, modules stand from the ground up in `lib.rs` and import only from those above them in that list.

use super::sources::{CRATES, program};
use crate::outside::top;
use std::collections::BTreeSet;

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
            let above = imported(&source.code).into_iter().filter(|name| place(name).is_none_or(|other| other > own));
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

/// First path segments after `crate::`, braces opened.
fn imported(code: &str) -> BTreeSet<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
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
    assert_eq!(imported(code).into_iter().collect::<Vec<_>>(), expected);
}
