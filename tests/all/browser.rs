//! The pages in a real browser: `node --test` over `tests/browser`, which drives Chromium.

use crate::outside::{node_tests, program, run, texts};
use crate::server::Server;
use std::process::Command;

#[test]
fn the_pages_work_in_chromium() {
    let test = "the_pages_work_in_chromium";
    let Some(chromium) = program(test, &["chromium", "chromium-browser", "google-chrome"], "apt-get install chromium") else {
        return;
    };
    let Some(node) = program(test, &["node"], "install Node 20") else { return };
    let folder = node_tests();
    let server = Server::start();
    let output = run(Command::new(node)
        .args([
            "--test",
            "--test-concurrency=1",
            "--test-reporter=spec",
            "style.test.mjs",
            "pages.test.mjs",
            "snippets.test.mjs",
            "maplibre.test.mjs",
            "same.test.mjs",
        ])
        .current_dir(&folder)
        .env("ROADBLOCK_URL", server.url("/"))
        .env("ROADBLOCK", env!("CARGO_BIN_EXE_roadblock"))
        .env("CHROMIUM", chromium));
    let (out, err) = texts(&output);
    assert!(output.status.success(), "{out}\n{err}\n{}", server.log());
    server.assert_log_clean();
}
