//! `/fonts/{stack}/{start}-{end}.pbf`: the letters of our fonts for map clients, and `/fonts.json`, which fonts there are.

use super::call::Call;
use super::document::seal;
use super::encoding::negotiate;
use super::links::JSON;
use super::screen;
use super::xyz;
use crate::problem::Problem;
use crate::tile::{Tile, Worker};
use axum::extract::Path;
use axum::http::HeaderValue;
use axum::response::Response;
use roadblock_tiles::raster::{Face, Fonts, GlyphRange, glyph_file};
use serde_json::Value;
use std::sync::Arc;

/// What glyph files are called; clients do not look.
const PROTOBUF: &str = "application/x-protobuf";
/// Letters change only with the program.
const LIFETIME: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// Lists the fonts by name.
pub async fn list(call: Call) -> Result<Response, Problem> {
    call.query.allow(&[])?;
    let names: Value = call.server.fonts.faces().map(|face| face.name()).collect();
    Ok(seal(&call, JSON, names.to_string()))
}

/// Answers 256 letters of a stack of fonts, drawn in their turn when nobody asked for them before.
pub async fn range(call: Call, Path((stack, file)): Path<(String, String)>) -> Result<Response, Problem> {
    call.query.allow(&[])?;
    let stack = faces(&call.server.fonts, &stack);
    let range = file.strip_suffix(".pbf").ok_or_else(|| format!("'{file}' is no glyph file; write 0-255.pbf"));
    let range: GlyphRange = range.and_then(str::parse).map_err(Problem::not_found)?;
    let encoding = negotiate(&call.headers).ok_or_else(screen::refusing_everything)?;
    let plain = match glyph_file(&stack, range) {
        Some(plain) => plain,
        None => call.server.tiles.in_turn(move |worker| drawn(&stack, range, worker)).await?,
    };
    Ok(xyz::respond(&Tile::seal(plain, encoding), PROTOBUF, Some("Accept-Encoding"), LIFETIME, &call.headers))
}

fn drawn(stack: &[Arc<Face>], range: GlyphRange, worker: &mut Worker) -> Result<Vec<u8>, Problem> {
    let failed = |error| {
        tracing::error!(%error, %range, "letters cannot be drawn");
        Problem::internal()
    };
    stack.iter().try_for_each(|face| face.draw(range, &mut worker.canvas)).map_err(failed)?;
    glyph_file(stack, range).ok_or_else(Problem::internal)
}

/// The faces of a stack that there are, each once; without any, the one that pictures are written with instead.
///
/// Styles name the fonts of the server they were written for, and a client whose stack is refused writes nothing at all.
fn faces(fonts: &Fonts, stack: &str) -> Vec<Arc<Face>> {
    let mut faces: Vec<Arc<Face>> = Vec::new();
    for face in stack.split(',').filter_map(|name| fonts.face(name.trim())) {
        if !faces.iter().any(|other| Arc::ptr_eq(other, face)) {
            faces.push(Arc::clone(face));
        }
    }
    if faces.is_empty() {
        let first = stack.split(',').next().unwrap_or_default();
        faces.extend(fonts.instead_of(first.trim()).cloned());
    }
    faces
}

#[cfg(test)]
mod tests {
    use crate::http::sample::{ask, get, sample};

    #[tokio::test]
    async fn letters_have_a_strong_tag_and_come_compressed() {
        let router = sample();
        let path = "/fonts/DejaVu%20Sans%20Bold%2CDejaVu%20Sans/0-255.pbf";
        let plain = ask(&router, path, &[]).await;
        assert_eq!((plain.status.as_u16(), plain.header("content-type")), (200, "application/x-protobuf"));
        assert!(plain.header("etag").starts_with('"') && plain.header("cache-control").contains("max-age=86400"));
        let packed = ask(&router, path, &[("accept-encoding", "gzip")]).await;
        assert_eq!(packed.header("content-encoding"), "gzip");
        assert!(packed.header("vary").starts_with("Accept-Encoding"));
        assert!(packed.body.len() < plain.body.len() && packed.header("etag") != plain.header("etag"));
        let again = ask(&router, path, &[("if-none-match", plain.header("etag"))]).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    }

    #[tokio::test]
    async fn what_is_missing_is_404_with_what_there_is() {
        for (path, words) in [
            ("/fonts/DejaVu%20Sans/1-255.pbf", "0-255, 256-511"),
            ("/fonts/DejaVu%20Sans/65536-65791.pbf", "to 65280-65535"),
            ("/fonts/DejaVu%20Sans/0-255.png", "write 0-255.pbf"),
        ] {
            let answer = get(path).await;
            assert_eq!(answer.status.as_u16(), 404, "{path}");
            assert!(answer.text().contains(words), "{path}: {}", answer.text());
        }
    }

    #[tokio::test]
    async fn fonts_that_are_not_there_are_skipped_and_replaced_when_none_is() {
        let plain = get("/fonts/DejaVu%20Sans/0-255.pbf").await.body;
        let bold = get("/fonts/DejaVu%20Sans%20Bold/0-255.pbf").await.body;
        assert_ne!(plain, bold);
        for (stack, same) in [
            ("Noto%20Sans%20Regular,DejaVu%20Sans%20Bold", &bold),
            ("Noto%20Sans%20Regular,Arial%20Unicode%20MS%20Regular", &plain),
            ("Noto%20Sans%20Bold,Arial%20Unicode%20MS%20Regular", &bold),
            ("..%2F..%2Fetc%2Fpasswd", &plain),
            (&"a,".repeat(500), &plain),
        ] {
            let answer = get(&format!("/fonts/{stack}/0-255.pbf")).await;
            assert_eq!((answer.status.as_u16(), &answer.body), (200, same), "{stack}");
        }
    }

    #[tokio::test]
    async fn a_range_without_letters_is_there_and_the_fonts_are_listed() {
        assert_eq!(get("/fonts/DejaVu%20Sans/19968-20223.pbf").await.status.as_u16(), 200);
        assert_eq!(get("/fonts.json").await.json(), serde_json::json!(["DejaVu Sans", "DejaVu Sans Bold"]));
    }
}
