//! Who may ask what: the running program held against the matrix in `tests/access.txt`.

use crate::outside::top;
use crate::server::{Server, keeping_program};
use crate::tokens::made;
use reqwest::Method;
use roadblock::http::address::Address;
use roadblock::http::router;
use std::collections::BTreeSet;

const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// One line of the matrix.
struct Row {
    listener: String,
    method: Method,
    address: String,
    asked: String,
    /// For the public, partners, editors and admins.
    statuses: Vec<u16>,
}

fn matrix() -> Vec<Row> {
    let text = std::fs::read_to_string(top().join("tests/access.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let row = |line: &str| {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let [listener, method, address, asked, statuses @ ..] = cells.as_slice() else { panic!("no row: {line}") };
        assert_eq!(statuses.len(), 4, "{line}");
        Row {
            listener: (*listener).into(),
            method: method.parse().unwrap(),
            address: (*address).into(),
            asked: (*asked).into(),
            statuses: statuses.iter().map(|status| status.parse().unwrap()).collect(),
        }
    };
    lines.map(row).collect()
}

#[test]
fn the_router_has_what_the_matrix_has() {
    let of = |listener: &'static str, addresses: Vec<Address>| {
        let line = move |address: &Address, method: &Method| format!("{listener} {method} {}", address.path);
        addresses
            .iter()
            .flat_map(|one| one.methods.iter().map(|method| line(one, method)).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    let there = [of("public", router::public_addresses()), of("admin", router::admin_addresses())].concat();
    let there: BTreeSet<String> = there.into_iter().collect();
    let written: BTreeSet<String> =
        matrix().iter().map(|row| format!("{} {} {}", row.listener, row.method, row.address)).collect();
    let missing: Vec<_> = there.difference(&written).collect();
    assert!(missing.is_empty(), "no row in tests/access.txt for {missing:?}");
    let gone: Vec<_> = written.difference(&there).collect();
    assert!(gone.is_empty(), "rows of tests/access.txt that the router does not have: {gone:?}");
}

#[test]
fn everybody_gets_what_the_matrix_says() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::spawn(keeping_program().args(["serve", "--admin-listen", "127.0.0.1:0", "--data"]).arg(folder.path()));
    let tokens = ["partner", "editor", "admin"].map(|audience| made(folder.path(), &["--audience", audience]));
    let callers: Vec<Option<&str>> = [None].into_iter().chain(tokens.iter().map(|token| Some(token.as_str()))).collect();
    let rows = matrix();
    let status = |row: &Row, method: &Method, token: Option<&str>| {
        let url = if row.listener == "admin" { server.admin_url(&row.asked) } else { server.url(&row.asked) };
        let request = server.ask(method.clone(), &url);
        let request = token.into_iter().fold(request, |request, token| request.bearer_auth(token));
        request.send().unwrap().status().as_u16()
    };
    for row in &rows {
        let got: Vec<u16> = callers.iter().map(|token| status(row, &row.method, *token)).collect();
        assert_eq!(got, row.statuses, "{} {}", row.method, row.asked);
        let has = |method: &Method| rows.iter().any(|other| other.asked == row.asked && other.method == *method);
        for method in METHODS.iter().filter(|method| !has(method)) {
            let got: Vec<u16> = callers.iter().map(|token| status(row, method, *token)).collect();
            assert_eq!(got, [405; 4], "{method} {}", row.asked);
        }
        let guessed = status(row, &row.method, Some("rb_guess"));
        match row.listener.as_str() {
            "admin" => assert_eq!(guessed, row.statuses[0], "{}", row.asked),
            // Many guesses in a row are told to wait.
            _ => assert!([401, 429].contains(&guessed), "{} {}: {guessed}", row.method, row.asked),
        }
    }
    server.assert_log_clean();
}
