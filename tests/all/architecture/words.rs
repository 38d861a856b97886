//! Who may do what, as plain searches over the sources: one module each for the index, the clock, the environment and so on.

use super::sources::{Source, program};

/// Files, outside `allowed`, whose code says one of `words`.
fn offenders(words: &[&str], allowed: impl Fn(&str) -> bool) -> Vec<String> {
    let says = |source: &Source| words.iter().find(|word| source.code.contains(**word)).copied();
    let found = program().into_iter().filter(|source| !allowed(&source.path));
    found.filter_map(|source| Some(format!("{} says {}", source.path, says(&source)?))).collect()
}

#[test]
fn only_the_index_names_rstar() {
    assert_eq!(offenders(&["rstar"], |path| path == "layers/src/index.rs" || path.starts_with("layers/src/index/")), [""; 0]);
}

#[test]
fn only_the_clock_reads_the_time_of_day() {
    let reads = ["SystemTime::now", "Utc::now", "Timestamp::now", "Zoned::now"];
    assert_eq!(offenders(&reads, |path| path == "src/clock.rs"), [""; 0]);
}

#[test]
fn only_chance_draws_what_nobody_may_guess() {
    assert_eq!(offenders(&["getrandom", "rand::"], |path| path == "src/chance.rs"), [""; 0]);
}

#[test]
fn stop_watches_run_only_where_durations_are_reported_or_waited_for() {
    let timed = [
        "src/http/request_log.rs",
        "src/metrics.rs",
        "src/command/",
        "src/world/file.rs",
        "src/watch.rs",
        "src/portray/deadline.rs",
    ];
    let found = offenders(&["Instant::now", ".elapsed()"], |path| timed.iter().any(|allowed| path.starts_with(allowed)));
    assert_eq!(found, [""; 0]);
}

#[test]
fn only_settings_read_the_environment() {
    let found = offenders(&["std::env", "env::var", "env = \""], |path| ["src/cli.rs", "src/config.rs"].contains(&path));
    assert_eq!(found, [""; 0]);
}

#[test]
fn only_the_server_knows_http() {
    let found = offenders(&["axum", "hyper", "tower", "tokio", "reqwest", "http::"], |path| path.starts_with("src/"));
    assert_eq!(found, [""; 0]);
}

#[test]
fn the_server_never_calls_out() {
    assert_eq!(offenders(&["reqwest", "TcpStream::connect", "UdpSocket", "hyper::client"], |_| false), [""; 0]);
}

#[test]
fn only_portrayal_turns_features_into_tiles() {
    let found = offenders(&["LayerWriter", "TileGeometry", "raster::render"], |path| {
        path == "src/portray.rs" || path.starts_with("src/portray/") || path.starts_with("tiles/")
    });
    assert_eq!(found, [""; 0]);
}

#[test]
fn no_file_or_module_is_a_grab_bag() {
    let bags = ["utils", "util", "helpers", "helper", "common", "manager", "misc"];
    for source in program() {
        let bag = source.path.split(['/', '.']).find(|part| bags.contains(part));
        assert!(bag.is_none(), "{} is named {bag:?}", source.path);
    }
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let long: Vec<_> = program()
        .iter()
        .map(|source| (source.path.clone(), source.text.lines().count()))
        .filter(|(_, lines)| *lines > 400)
        .collect();
    assert!(long.is_empty(), "one idea a file: {long:?}");
}

#[test]
fn every_file_says_what_it_owns() {
    for source in program() {
        assert!(source.text.starts_with("//! "), "{} has no module header", source.path);
    }
}
