//! The store as its operators see it: made at the first start, read at the next, copied, restored and looked after.

use crate::outside::{run, succeed, texts};
use crate::server::{Server, keeping_program};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn kept(folder: &Path) -> Server {
    Server::spawn(keeping_program().arg("serve").arg("--data").arg(folder))
}

fn command(words: &[&str], folder: &Path) -> Command {
    let mut command = keeping_program();
    command.args(words).arg("--data").arg(folder);
    command
}

/// Exit code and the one line of complaint.
fn refused(output: &Output) -> (i32, String) {
    let (out, err) = texts(output);
    assert_eq!(out, "");
    let complaint = err.lines().filter(|line| line.starts_with("roadblock: ")).collect::<Vec<_>>();
    assert_eq!(complaint.len(), 1, "{err}");
    (output.status.code().unwrap(), complaint[0].to_owned())
}

#[test]
fn the_store_answers_as_the_built_in_data_at_its_first_start_and_at_the_next() {
    let top = tempfile::tempdir().unwrap();
    let data = top.path().join("data");
    let in_memory = Server::with(["serve", "--public-url", "http://127.0.0.1:1"]);
    let paths = [
        "/?f=json",
        "/viewer.json",
        "/collections?f=json",
        "/collections/blockades/items?f=json&limit=500",
        "/collections/areas/items?f=json&known_at=2025-09-20",
        "/collections/segments/download.geojson",
        "/xyz/all.json",
        "/xyz/all/6/30/29.mvt",
        "/xyz/all/6/30/29.mlt?datetime=2025-11-05",
        "/xyz/basemap,areas,blockades/5/15/14.png?datetime=2025-11-05&known_at=2025-11-01",
    ];
    for said in ["a store was made from the built-in data", "the store was read"] {
        let server = Server::spawn(keeping_program().args(["serve", "--public-url", "http://127.0.0.1:1", "--data"]).arg(&data));
        server.wait_for_log(said);
        server.wait_for_log(data.to_str().unwrap());
        for path in paths {
            let are_alike = || {
                let (stored, shipped) = (server.get(path), in_memory.get(path));
                assert_eq!(stored.status(), 200, "{path}");
                assert_eq!(stored.headers().get("etag"), shipped.headers().get("etag"), "{path}");
                stored.bytes().unwrap() == shipped.bytes().unwrap()
            };
            // Documents tell when they were made, and a second may begin between the two.
            assert!((0..5).any(|_| are_alike()), "{path}");
        }
        server.assert_log_clean();
        assert!(server.stop());
        let files: Vec<_> = fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(files.len(), 2, "the store, whole in one file, and the lock: {files:?}");
    }
    in_memory.wait_for_log("nothing is kept");
}

#[test]
fn a_directory_is_served_by_one_and_looked_at_by_any() {
    let top = tempfile::tempdir().unwrap();
    let (data, out, other) = (top.path().join("data"), top.path().join("copy.db"), top.path().join("other"));
    let first = kept(&data);
    let (code, told) = refused(&run(&mut command(&["serve", "--listen", "127.0.0.1:0"], &data)));
    assert!(code == 2 && told.contains("held by another roadblock"), "{told}");

    let verified = succeed(&mut command(&["audit", "verify"], &data));
    let (entries, head) = verified.trim().split_once(" entries, head ").unwrap();
    assert!(entries.parse::<u32>().unwrap() > 100 && head.len() == 64, "{verified}");
    let copied = succeed(command(&["backup"], &data).arg(&out));
    assert!(copied.ends_with(&verified), "{copied}");
    let (code, told) = refused(&run(command(&["backup"], &data).arg(&out)));
    assert!(code == 2 && told.contains("is there already"), "{told}");
    let (code, told) = refused(&run(command(&["restore", "--replace"], &data).arg(&out)));
    assert!(code == 2 && told.contains("held by another roadblock"), "{told}");
    drop(first);

    let (code, told) = refused(&run(command(&["restore"], &data).arg(&out)));
    assert!(code == 2 && told.contains("--replace"), "{told}");
    for (folder, words) in [(&data, vec!["restore", "--replace"]), (&other, vec!["restore"])] {
        let restored = succeed(command(&words, folder).arg(&out));
        assert!(restored.ends_with(&verified), "{restored}");
        kept(folder).wait_for_log("the store was read");
    }
}

#[test]
fn a_damaged_store_is_refused_with_3_and_one_line() {
    let top = tempfile::tempdir().unwrap();
    let (data, out) = (top.path().join("data"), top.path().join("copy.db"));
    assert!(kept(&data).stop());
    succeed(command(&["backup"], &data).arg(&out));
    let path = data.join("roadblock.db");
    let mut bytes = fs::read(&path).unwrap();
    // Everywhere: pages keep remains of rows that were moved, where a change would do no harm.
    while let Some(place) = bytes.windows(6).position(|window| window == b"Bamako") {
        bytes[place] = b'b';
    }
    fs::write(&path, bytes).unwrap();
    for words in [vec!["serve", "--listen", "127.0.0.1:0"], vec!["audit", "verify"]] {
        let (code, told) = refused(&run(&mut command(&words, &data)));
        assert!(code == 3 && told.contains("table versions, row ") && told.contains("restore a backup"), "{told}");
    }
    let (code, told) = refused(&run(command(&["backup"], &data).arg(top.path().join("second.db"))));
    assert!(code == 3 && !top.path().join("second.db").exists(), "no copy of what is damaged: {told}");
    succeed(command(&["restore", "--replace"], &data).arg(&out));
    succeed(&mut command(&["audit", "verify"], &data));

    fs::write(&path, "not a database, but long enough to be read as the head of one ".repeat(9)).unwrap();
    let (code, told) = refused(&run(&mut command(&["audit", "verify"], &data)));
    assert!(code == 3 && told.contains("no roadblock store"), "{told}");
    let (code, told) = refused(&run(&mut command(&["audit", "verify"], &top.path().join("nothing"))));
    assert!(code == 2 && told.contains("no store"), "{told}");
}

#[test]
fn where_nothing_can_be_kept_the_flags_that_help_are_named() {
    let top = tempfile::tempdir().unwrap();
    let file = top.path().join("file");
    fs::write(&file, "").unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let homeless = || {
        let mut program = keeping_program();
        program.env_remove("HOME").env_remove("XDG_DATA_HOME");
        program
    };
    for (output, why) in [
        (run(&mut command(&serve, &file.join("data"))), "Not a directory"),
        (run(homeless().args(serve).env("HOME", &file)), "Not a directory"),
        (run(homeless().args(serve)), "no home directory"),
    ] {
        let (code, told) = refused(&output);
        assert!(code == 2 && told.contains(why) && told.contains("--data DIR") && told.contains("--memory"), "{told}");
    }
    Server::spawn(homeless().args(["serve", "--memory"])).bytes("/xyz/all/6/30/29.mvt");
    let (code, told) = refused(&run(homeless().args(["audit", "verify"])));
    assert!(code == 2 && told.contains("--data DIR"), "{told}");
}

#[test]
fn the_directory_is_the_users_own_or_the_one_that_is_named() {
    let top = tempfile::tempdir().unwrap();
    let config = top.path().join("roadblock.toml");
    fs::write(&config, "data = \"of-the-file\"\n").unwrap();
    let at_home = |program: &mut Command| drop(Server::spawn(program.env("HOME", top.path()).env_remove("XDG_DATA_HOME")));
    at_home(keeping_program().arg("serve"));
    at_home(keeping_program().arg("serve").env("XDG_DATA_HOME", top.path().join("xdg")));
    at_home(keeping_program().arg("serve").env("ROADBLOCK_DATA", top.path().join("of-the-environment")));
    at_home(keeping_program().arg("serve").arg("--config").arg(&config));
    at_home(&mut command(&["serve"], &top.path().join("of-the-flag")));
    for made in [".local/share/roadblock", "of-the-environment", "of-the-file", "of-the-flag"] {
        assert!(top.path().join(made).join("roadblock.db").exists(), "{made}");
    }
}
