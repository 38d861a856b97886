//! What the manifests promise: who depends on whom, on what, and under which licence.

use super::sources::program;
use crate::outside::{succeed, top};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Direct dependencies by crate and kind, from `cargo metadata`.
fn direct() -> BTreeMap<String, BTreeSet<(String, Kind)>> {
    let text = succeed(cargo().args(["metadata", "--no-deps", "--offline", "--format-version", "1"]));
    let metadata: serde_json::Value = serde_json::from_str(&text).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap().iter();
            let named =
                dependencies.map(|dependency| (dependency["name"].as_str().unwrap().to_owned(), Kind::of(&dependency["kind"])));
            (package["name"].as_str().unwrap().to_owned(), named.collect())
        })
        .collect()
}

/// What a dependency is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Program,
    Build,
    Tests,
}

impl Kind {
    fn of(kind: &serde_json::Value) -> Self {
        match kind.as_str() {
            None => Self::Program,
            Some("build") => Self::Build,
            Some(_) => Self::Tests,
        }
    }
}

fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(top());
    command
}

/// Names and licences of every package compiled into a crate, itself and the workspace included.
fn compiled_into(package: &str) -> BTreeMap<String, String> {
    let tree =
        ["tree", "--package", package, "--edges", "normal,build", "--prefix", "none", "--format", "{p}|{l}", "--no-dedupe"];
    let text = succeed(cargo().args(tree).args(["--offline", "--locked"]));
    let line = |line: &str| {
        let (name, licence) = line.split_once('|')?;
        let (name, version) = name.split_once(' ')?;
        Some((format!("{name} {}", version.split(' ').next()?), licence.trim().to_owned()))
    };
    text.lines().filter_map(line).collect()
}

#[test]
fn layers_and_tiles_do_not_know_each_other() {
    let direct = direct();
    for (one, other) in [("roadblock-layers", "roadblock-tiles"), ("roadblock-tiles", "roadblock-layers")] {
        let names: Vec<&str> = direct[one].iter().map(|(name, _)| name.as_str()).collect();
        assert!(!names.contains(&other) && !names.contains(&"roadblock"), "{one} depends on {names:?}");
    }
}

#[test]
fn the_libraries_are_synchronous_and_speak_no_http() {
    for library in ["roadblock-layers", "roadblock-tiles"] {
        for package in compiled_into(library).keys() {
            let name = package.split(' ').next().unwrap();
            let network = ["tokio", "hyper", "axum", "tower", "http", "reqwest", "async-std", "mio", "rustls"];
            assert!(!network.contains(&name), "{library} pulls in {package}");
        }
    }
}

#[test]
fn the_program_has_no_xml_parser_and_no_tls_library_of_the_system() {
    for package in compiled_into("roadblock").keys() {
        let name = package.split(' ').next().unwrap();
        let banned =
            ["quick-xml", "xml-rs", "roxmltree", "libxml", "openssl-sys", "proj-sys", "fontconfig-sys", "sqlx", "imagequant"];
        assert!(!banned.contains(&name), "{package} is in the program");
    }
}

#[test]
fn at_most_400_packages_are_compiled() {
    let count = compiled_into("roadblock").len();
    assert!(count <= 400, "{count} packages");
}

#[test]
fn every_package_has_a_permissive_licence() {
    let allowed = licences_of_deny_toml();
    for (package, licence) in compiled_into("roadblock") {
        assert!(permits(&licence, &allowed), "{package} is under {licence:?}");
    }
}

/// The list that cargo-deny reads, so that there is one.
fn licences_of_deny_toml() -> BTreeSet<String> {
    let text = std::fs::read_to_string(top().join("deny.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    table["licenses"]["allow"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// Whether an SPDX expression can be met from `allowed`: one alternative of which every part is allowed.
fn permits(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let flat = expression.replace(" OR ", "/");
    match flat.strip_prefix('(').and_then(|rest| rest.split_once(") AND ")) {
        Some((inner, rest)) => permits(inner, allowed) && permits(rest, allowed),
        None => flat.split('/').any(|choice| choice.split(" AND ").all(|part| allowed.contains(part.trim()))),
    }
}

#[test]
fn licence_expressions_are_understood() {
    let allowed = licences_of_deny_toml();
    for good in
        ["MIT", "MIT/Apache-2.0", "GPL-3.0 OR MIT", "(MIT OR Apache-2.0) AND Unicode-3.0", "Apache-2.0 WITH LLVM-exception"]
    {
        assert!(permits(good, &allowed), "{good}");
    }
    for bad in ["", "GPL-3.0-or-later", "MIT AND GPL-3.0", "(MIT OR Apache-2.0) AND GPL-3.0"] {
        assert!(!permits(bad, &allowed), "{bad}");
    }
}

#[test]
fn every_direct_dependency_is_justified_in_design_md() {
    let design = std::fs::read_to_string(top().join("DESIGN.md")).unwrap();
    let direct = direct();
    let names: BTreeSet<&str> = direct.values().flatten().map(|(name, _)| name.as_str()).collect();
    let missing: Vec<&&str> =
        names.iter().filter(|name| !name.starts_with("roadblock") && !design.contains(&format!("| `{name}` |"))).collect();
    assert!(missing.is_empty(), "no line in DESIGN.md for {missing:?}");
}

#[test]
fn every_dependency_is_used_by_the_program_itself() {
    let program = program();
    for (folder, manifest) in [("layers/src/", "layers/Cargo.toml"), ("tiles/src/", "tiles/Cargo.toml"), ("src/", "Cargo.toml")] {
        let table: toml::Table = std::fs::read_to_string(top().join(manifest)).unwrap().parse().unwrap();
        let code: String =
            program.iter().filter(|source| source.path.starts_with(folder)).map(|source| source.code.as_str()).collect();
        for name in table["dependencies"].as_table().unwrap().keys() {
            let word = name.replace('-', "_");
            assert!(
                code.contains(&format!("{word}::")) || code.contains(&format!("use {word}")),
                "{manifest}: nothing says {word}"
            );
        }
    }
}

#[test]
fn unsafe_code_is_forbidden_in_every_crate() {
    let manifest = |path: &str| std::fs::read_to_string(top().join(path)).unwrap().parse::<toml::Table>().unwrap();
    assert_eq!(manifest("Cargo.toml")["workspace"]["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    for path in ["Cargo.toml", "layers/Cargo.toml", "tiles/Cargo.toml"] {
        assert_eq!(manifest(path)["lints"]["workspace"].as_bool(), Some(true), "{path}");
    }
}
