//! Builds the web map in `viewer/` with Node and hands its files to the program; nothing without the feature `viewer`.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const INPUTS: [&str; 5] = ["src", "build.mjs", "package.json", "package-lock.json", ".npmrc"];

fn main() -> Result<(), Box<dyn Error>> {
    let viewer = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("viewer");
    let out = PathBuf::from(env::var("OUT_DIR")?).join("viewer");
    for input in INPUTS {
        println!("cargo:rerun-if-changed={}", viewer.join(input).display());
    }
    let table = if env::var_os("CARGO_FEATURE_VIEWER").is_some() { bundle(&viewer, &out)? } else { String::new() };
    let code = format!("/// The files of the web map.\npub static ASSETS: &[Asset] = &[\n{table}];\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("assets.rs"), code)?;
    Ok(())
}

/// Installs what the bundle is made of, makes it, and writes one table entry for each of its files.
fn bundle(viewer: &Path, out: &Path) -> Result<String, Box<dyn Error>> {
    if out.exists() {
        fs::remove_dir_all(out)?;
    }
    if !installed(viewer) {
        run(viewer, Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    }
    run(viewer, Command::new("node").arg("build.mjs").arg(out))?;
    let mut table = String::new();
    // Lines of `{"name":"map.js","file":"map-0123456789ab.js"}`; both are plain words, so no parser is needed to read them.
    for entry in fs::read_to_string(out.join("manifest.json"))?.split("},") {
        let mut words = entry.split('"').skip(3).step_by(4);
        let (Some(name), Some(file)) = (words.next(), words.next()) else { return Err("viewer: the manifest is empty".into()) };
        let path = out.join(file).display().to_string();
        writeln!(
            table,
            "Asset {{ name: {name:?}, file: {file:?}, plain: include_bytes!({path:?}), brotli: include_bytes!({:?}), \
             gzip: include_bytes!({:?}) }},",
            format!("{path}.br"),
            format!("{path}.gz"),
        )?;
    }
    Ok(table)
}

/// Whether the last installation was of this lock file.
fn installed(viewer: &Path) -> bool {
    let changed = |file: &str| fs::metadata(viewer.join(file)).and_then(|about| about.modified()).ok();
    match (changed("node_modules/.package-lock.json"), changed("package-lock.json")) {
        (Some(done), Some(wanted)) => done >= wanted,
        _ => false,
    }
}

fn run(folder: &Path, command: &mut Command) -> Result<(), Box<dyn Error>> {
    let output = command.current_dir(folder).output().map_err(|error| {
        let program = command.get_program().to_string_lossy();
        format!(
            "{program} does not start ({error}): the web map is built with Node 20 and npm; install them, \
             or build without the map: cargo build --no-default-features"
        )
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?} failed in viewer/:\n{said}").into())
}
