//! A server of nothing but axum: every file of a folder held in memory under its name. The floor for a tile that needs no work.
//!
//! `bare PORT FOLDER`; a file `8_122_119` answers `/8/122/119`.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use std::collections::HashMap;
use std::sync::Arc;

type Tiles = Arc<HashMap<(u8, u32, u32), Bytes>>;

async fn tile(Path(coord): Path<(u8, u32, u32)>, State(tiles): State<Tiles>) -> Response {
    match tiles.get(&coord) {
        Some(body) => ([(header::CONTENT_TYPE, "application/vnd.mapbox-vector-tile")], body.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (port, folder) = (arguments.next().unwrap_or_default(), arguments.next().unwrap_or_default());
    let mut tiles = HashMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let parts: Vec<u32> = name.split('_').filter_map(|part| part.parse().ok()).collect();
        if let [zoom, x, y] = parts[..] {
            tiles.insert((zoom as u8, x, y), Bytes::from(std::fs::read(path)?));
        }
    }
    let routes = Router::new().route("/{z}/{x}/{y}", get(tile)).with_state(Arc::new(tiles));
    axum::serve(tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?, routes).await
}
