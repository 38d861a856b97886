//! Whose view a file is: said in its name, in it, and held by what is in it.

use crate::outside::{run, succeed, texts};
use crate::server::{Server, keeping_program};
use crate::tokens::made;
use reqwest::Method;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;

const AT: &str = "2025-10-22";
const CELL: &str = "/xyz/blockades/6/30/29.mvt?datetime=2025-10-22";

#[test]
fn files_say_for_whom_they_are_and_hold_no_more() {
    let top = tempfile::tempdir().unwrap();
    let data = top.path().join("data");
    let server = Server::spawn(keeping_program().args(["serve", "--data"]).arg(&data));
    let token = made(&data, &["--audience", "editor"]);
    let hidden = json!({"type": "Feature", "id": "ev-hidden", "geometry": {"type": "Point", "coordinates": [-7.99, 12.64]}, "properties": {
        "name": "Only for editors", "subtype": "checkpoint", "temporality": "state", "effect": "restricts", "severity": 3, "actor": "UNKNOWN",
        "attribution": "reported", "certainty": "likely", "valid_from": "2025-10-10", "sensitivity": "strict", "sources": ["bbc-0917"]}});
    let made = server.method(Method::POST, "/collections/blockades/items").bearer_auth(&token).json(&hidden).send().unwrap();
    assert_eq!(made.status(), 201, "{}", made.text().unwrap());

    let download = "/collections/blockades/download.geojson";
    for (token, audience, name) in
        [(None, "public", "filename=\"blockades.geojson\""), (Some(&token), "editor", "filename=\"blockades_editor.geojson\"")]
    {
        let request = |path: &str| token.iter().fold(server.request(path), |request, token| request.bearer_auth(token));
        let file = request(download).send().unwrap();
        assert!(file.headers()["content-disposition"].to_str().unwrap().ends_with(name), "{:?}", file.headers());
        let file: Value = file.json().unwrap();
        assert_eq!(file["audience"], audience);
        assert_eq!(file.to_string().contains("Only for editors"), audience == "editor");
        let page: Value = request("/collections/blockades/items?limit=1").send().unwrap().json().unwrap();
        assert_eq!(page["audience"], audience);
    }
    let seen = |token: Option<&String>| {
        let request = token.iter().fold(server.request(CELL), |request, token| request.bearer_auth(token));
        request.send().unwrap().bytes().unwrap().to_vec()
    };
    let (for_all, for_editors) = (seen(None), seen(Some(&token)));
    assert_ne!(for_all, for_editors);
    assert!(server.stop());

    let archive = |words: &[&str], name: &str| {
        let out = top.path().join(name);
        let mut command = keeping_program();
        command.args(["archive", "blockades", "--zooms", "6", "--datetime", AT]).args(words).arg("--data").arg(&data).arg(&out);
        succeed(&mut command);
        out
    };
    for (words, name, tile, mode) in
        [(&[][..], "everybody.mbtiles", &for_all, 0o077), (&["--audience", "editor"], "editors.mbtiles", &for_editors, 0)]
    {
        let out = archive(words, name);
        let said = if words.is_empty() { "public" } else { "editor" };
        let bytes = fs::read(&out).unwrap();
        let metadata = format!("audience{said}");
        assert!(bytes.windows(metadata.len()).any(|window| window == metadata.as_bytes()), "{name} says {said}");
        assert!(bytes.windows(10).any(|window| window == b"disclaimer"));
        assert!(fs::metadata(&out).unwrap().permissions().mode() & 0o077 & !mode == 0, "{name} is its owner's alone");
        let served = Server::with(["serve", out.to_str().unwrap()]);
        let stem = name.split('.').next().unwrap();
        assert_eq!(served.bytes(&format!("/xyz/{stem}/6/30/29.mvt")), **tile, "{name}");
    }
    let refused = run(keeping_program().args(["archive", "all", "--audience", "editor"]).arg(top.path().join("x.pmtiles")));
    assert!(refused.status.code() == Some(2) && texts(&refused).1.contains("--data"), "{}", texts(&refused).1);
}
