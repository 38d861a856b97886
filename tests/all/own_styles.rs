//! Users' own styles through the real program: checked, served, and, when hostile, given up in time.

use crate::outside::{run, texts, top};
use crate::server::{Server, program};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

/// A style of the tests.
fn sample(name: &str) -> PathBuf {
    top().join("tests/style").join(name)
}

fn check(files: &[&Path]) -> Output {
    run(program().arg("check").args(files))
}

fn written(folder: &Path, name: &str, document: &Value) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, document.to_string()).unwrap();
    path
}

fn colors(bytes: &[u8]) -> std::collections::BTreeSet<[u8; 4]> {
    image::load_from_memory(bytes).unwrap().into_rgba8().pixels().map(|pixel| pixel.0).collect()
}

#[test]
fn a_style_is_served_at_every_address_and_draws_its_layers() {
    let modern = sample("modern.json");
    let server = Server::with(["serve", "--memory", "--style", modern.to_str().unwrap()]);
    let list = server.json("/styles");
    assert_eq!((list["default"].as_str(), list["styles"][4]["id"].as_str()), (Some("access"), Some("modern")));
    assert_eq!(list["styles"][4]["title"], "Dusk");
    let tile = server.bytes("/styles/modern/6/30/29.png?datetime=2025-10-22");
    assert!(colors(&tile).len() > 20 && tile != server.bytes("/styles/access/6/30/29.png?datetime=2025-10-22"));
    let map = server.bytes("/styles/modern/map.png?center=-8,12.65&zoom=6&width=500&height=420&datetime=2025-10-22&legend=true");
    assert!(colors(&map).contains(&[0x1f, 0x22, 0x33, 255]), "the sheet has the style's paper");
    let legend = server.json("/styles/modern/legend.json?center=-8,12.65&zoom=6&datetime=2025-10-22");
    assert!(legend["entries"].as_array().unwrap().iter().any(|entry| entry["en"] == "Closes the road"), "{legend}");
    let document = server.json("/styles/modern.json");
    let url = document["sources"]["roadblock"]["url"].as_str().unwrap();
    assert!(url.starts_with(&server.url("/xyz/")) && url.contains("corridors") && !url.contains("segments"), "{url}");
    assert!(server.json("/styles/modern/icons.json")["icons"]["flare"].is_object());
    server.assert_log_clean();
}

#[test]
fn a_style_from_before_expressions_is_drawn_and_its_source_is_this_server() {
    let of_old = sample("of_old.json");
    let out = check(&[&of_old]);
    assert!(out.status.success(), "{out:?}");
    assert!(texts(&out).0.contains("draws 6 of 6 rules, 0 issues; asks for the layers: basemap, corridors"), "{out:?}");
    let server = Server::with(["serve", "--memory", "--style", of_old.to_str().unwrap()]);
    assert!(colors(&server.bytes("/styles/of_old/6/30/29.png")).len() > 20);
    let document = server.json("/styles/of_old.json?cluster=");
    let url = document["sources"]["openmaptiles"]["url"].as_str().unwrap();
    assert!(url.starts_with(&server.url("/xyz/")) && url.contains("cluster="), "{url}");
    server.assert_log_clean();
}

#[test]
fn check_lists_every_issue_and_serve_refuses_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let rule = |id: &str, more: Value| {
        let mut rule = json!({"id": id, "type": "line", "source-layer": "roads"});
        rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        rule
    };
    let document = json!({"version": 8, "layers": [
        rule("a", json!({"paint": {"line-color": "blue-ish", "line-width": -1}})),
        rule("b", json!({"type": "heatmap"})),
        rule("c", json!({"layout": {"line-cap": "rond"}, "paint": {"line-blur": 1}})),
        rule("d", json!({})),
    ]});
    let path = written(folder.path(), "wrong.json", &document);
    let out = check(&[&path]);
    assert_eq!(out.status.code(), Some(1));
    let said = texts(&out).0;
    for words in [
        ": error: /layers/0/paint/line-color (rule 'a'): 'blue-ish' is not a colour",
        "/layers/0/paint/line-width (rule 'a'): -1 is not a number from 0 to 256",
        ": warning: /layers/1/type (rule 'b'): 'heatmap' is not drawn",
        "/layers/2/layout/line-cap (rule 'c'): 'rond' is not one of: butt, round, square",
        "/layers/2/paint/line-blur (rule 'c')",
        "draws 1 of 4 rules, 5 issues",
    ] {
        assert!(said.contains(words), "no '{words}' in\n{said}");
    }
    let out = run(program().args(["serve", "--memory", "--listen", "127.0.0.1:0", "--style"]).arg(&path));
    assert_eq!(out.status.code(), Some(1));
    let said = texts(&out).1;
    assert!(said.contains("style 'wrong'") && said.contains("rond") && said.contains("blue-ish"), "{said}");
}

#[test]
fn what_cannot_stand_beside_the_others_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let plain = json!({"version": 8, "layers": []});
    for (name, words) in [("access.json", "there is a style 'access' already"), ("Neon.json", "rename the file")] {
        let path = written(folder.path(), name, &plain);
        let out = run(program().args(["serve", "--memory", "--listen", "127.0.0.1:0", "--style"]).arg(&path));
        assert_eq!(out.status.code(), Some(2), "{name}");
        assert!(texts(&out).1.contains(words), "{out:?}");
    }
    let absent = folder.path().join("absent.json");
    assert_eq!(
        run(program().args(["serve", "--memory", "--listen", "127.0.0.1:0", "--style"]).arg(&absent)).status.code(),
        Some(2)
    );
}

#[test]
fn a_rule_for_a_layer_that_is_not_there_is_told_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let document = json!({"version": 8, "layers": [
        {"id": "a", "type": "line", "source-layer": "transportation", "paint": {"line-blur": 1}},
        {"id": "b", "type": "circle", "source-layer": "corridors"}
    ]});
    let path = written(folder.path(), "sea.json", &document);
    let server = Server::with(["serve", "--memory", "--style", path.to_str().unwrap()]);
    let told = ["/layers/0/paint/line-blur", "/layers/0/source-layer", "no layer 'transportation'", "nothing of 'corridors'"];
    for told in told {
        server.wait_for_log(told);
    }
    // It draws nothing, and is a style all the same.
    assert_eq!(server.get("/styles/sea/6/30/29.png").status(), 200);
    assert_eq!(server.json("/styles/sea.json")["layers"].as_array().unwrap().len(), 1, "of the layer that is there");
}

#[test]
fn a_style_that_changes_is_drawn_anew_and_a_broken_one_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let ground =
        |color: &str| json!({"version": 8, "layers": [{"id": "a", "type": "background", "paint": {"background-color": color}}]});
    let path = written(folder.path(), "plain.json", &ground("#ff0000"));
    let server = Server::with(["serve", "--memory", "--watch", "--style", path.to_str().unwrap()]);
    let tile = || colors(&server.bytes("/styles/plain/6/30/29.png"));
    assert!(tile().contains(&[255, 0, 0, 255]));
    written(folder.path(), "plain.json", &ground("#zz"));
    server.wait_for_log("'#zz' is not a colour");
    assert!(tile().contains(&[255, 0, 0, 255]));
    written(folder.path(), "plain.json", &ground("#0000ff"));
    server.wait_for_log("the styles are read again");
    assert!(tile().contains(&[0, 0, 255, 255]));
}

/// Many large areas, long lines and points on one another.
fn crowd(folder: &Path, features: usize) -> PathBuf {
    let path = folder.join("crowd.geojsonl");
    let lines = (0..features).map(|number| {
        let shift = (number % 997) as f64 * 0.01;
        let geometry = match number % 3 {
            0 => json!({"type": "Point", "coordinates": [shift, shift]}),
            1 => json!({"type": "LineString", "coordinates": [[-60.0, shift], [0.0, shift - 5.0], [60.0, 10.0 - shift]]}),
            _ => json!({"type": "Polygon", "coordinates": [[[-60, -60], [60, -60], [60.0 - shift, 60], [-60, 60], [-60, -60]]]}),
        };
        json!({"type": "Feature", "properties": {"n": number, "name": format!("Place {number}")}, "geometry": geometry})
            .to_string()
    });
    std::fs::write(&path, lines.collect::<Vec<_>>().join("\n")).unwrap();
    path
}

#[test]
fn hostile_styles_are_given_up_in_time_and_the_server_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = crowd(folder.path(), 30_000);
    let rules = |count: usize, rule: Value| {
        let rules = (0..count).map(|number| {
            let mut rule = rule.clone();
            rule["id"] = format!("rule-{number}").into();
            rule["source-layer"] = "crowd".into();
            rule
        });
        json!({"version": 8, "layers": rules.collect::<Vec<_>>()})
    };
    let scaled = |range: f64| json!(["*", ["get", "n"], range]);
    let styles = [
        (
            "many",
            rules(500, json!({"type": "fill", "filter": ["==", ["%", ["get", "n"], 7], 8], "paint": {"fill-color": "red"}})),
        ),
        (
            "texts",
            rules(
                50,
                json!({"type": "symbol", "layout": {"text-field": ["get", "name"], "text-size": 64, "text-allow-overlap": true},
            "paint": {"text-halo-color": "red", "text-halo-width": 30}}),
            ),
        ),
        ("wide", rules(100, json!({"type": "line", "paint": {"line-color": "#f008", "line-width": scaled(1e9)}}))),
        (
            "dashes",
            rules(
                100,
                json!({"type": "line", "paint": {"line-color": "#f00", "line-width": 0.01, "line-dasharray": [1e-9, 1e-9, 1, 1]}}),
            ),
        ),
        ("circles", rules(500, json!({"type": "circle", "paint": {"circle-color": "#f008", "circle-radius": scaled(1e12)}}))),
        ("grounds", rules(499, json!({"type": "background", "paint": {"background-pattern": "hatch-control"}}))),
        (
            "fading",
            rules(20, json!({"type": "circle", "paint": {"circle-color": "#f001", "circle-radius": 60, "circle-blur": 1}})),
        ),
        (
            "beside",
            rules(
                20,
                json!({"type": "line", "layout": {"line-cap": "round", "line-join": "round"}, "paint": {"line-color": "red",
                    "line-width": 20, "line-opacity": 0.2, "line-dasharray": [0.1, 0.1], "line-gap-width": 3, "line-offset": 5}}),
            ),
        ),
        ("hatches", rules(500, json!({"type": "fill", "paint": {"fill-pattern": "hatch-control", "fill-outline-color": "red"}}))),
    ];
    let mut args: Vec<String> = ["serve", "--tile-budget-kb", "0"].map(str::to_owned).to_vec();
    for (name, document) in &styles {
        args.extend(["--style".to_owned(), written(folder.path(), &format!("{name}.json"), document).display().to_string()]);
    }
    args.push(data.display().to_string());
    let server = Server::with(args);
    let before = server.resident_kib();
    for (name, _) in &styles {
        let begun = Instant::now();
        let answer = server.get(&format!("/styles/{name}/1/1/0@2x.png"));
        let (status, took) = (answer.status().as_u16(), begun.elapsed());
        println!("{name}: {status} after {took:?}, {} KiB", server.resident_kib());
        assert!([200, 503].contains(&status), "{name}: {status}");
        if status == 503 {
            let problem: Value = answer.json().unwrap();
            assert_eq!(problem["code"], "TooMuchToDraw", "{name}");
        }
        // Tests are built without all optimisation, and others run beside this one.
        assert!(took < Duration::from_secs(8), "{name}: {took:?}");
    }
    assert_eq!(server.get("/styles/access/1/1/0.png").status().as_u16() / 100, 2, "the server goes on");
    // A worker of each core has its buffers by then.
    let grown = server.resident_kib().saturating_sub(before) / 1024;
    assert!(grown < 250, "{grown} MB are kept");
}
