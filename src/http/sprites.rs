//! `/sprites/{style}[@2x].{json|png}`: the icons and hatches of a style for map clients.

use super::call::Call;
use super::document::seal;
use super::links::JSON;
use super::styles::chosen;
use crate::problem::Problem;
use crate::tile::{PictureFormat, Worker};
use axum::extract::Path;
use axum::response::Response;

/// Answers the picture or its index.
pub async fn part(call: Call, Path(file): Path<String>) -> Result<Response, Problem> {
    call.query.allow(&[])?;
    let unknown = || {
        Problem::not_found(format!(
            "'{file}' is no file of a sprite; write the style's id, then @2x or nothing, then .json or .png"
        ))
    };
    let (stem, suffix) = file.rsplit_once('.').filter(|(_, suffix)| ["json", "png"].contains(suffix)).ok_or_else(unknown)?;
    let (id, ratio) = stem.strip_suffix("@2x").map_or((stem, 1), |id| (id, 2));
    if id.contains('@') {
        return Err(unknown());
    }
    let named = chosen(&call.server.styles(), id)?;
    let packed = match named.made_sprite(ratio) {
        Some(packed) => packed,
        None => {
            let make = move |worker: &mut Worker| {
                named.sprite(ratio, &mut worker.canvas).map_err(|error| {
                    tracing::error!(%error, style = %named.id, "a sprite cannot be written");
                    Problem::internal()
                })
            };
            call.server.tiles.in_turn(make).await?
        }
    };
    Ok(match suffix {
        "json" => seal(&call, JSON, packed.index.to_string()),
        _ => seal(&call, PictureFormat::Png.media_type(), packed.png.clone()),
    })
}

#[cfg(test)]
mod tests {
    use crate::http::sample::{ask, get, sample};

    #[tokio::test]
    async fn each_style_has_its_sprite_once_and_twice_as_large() {
        let router = sample();
        for id in ["access", "access-dark", "print", "basemap"] {
            let [single, double] = ["", "@2x"].map(|ratio| format!("/sprites/{id}{ratio}"));
            let index = ask(&router, &format!("{single}.json"), &[]).await.json();
            let twice = ask(&router, &format!("{double}.json"), &[]).await.json();
            assert_eq!((&index["town"]["pixelRatio"], &twice["town"]["pixelRatio"]), (&1.into(), &2.into()));
            assert_eq!(index["town"]["width"].as_u64().map(|width| 2 * width), twice["town"]["width"].as_u64());
            let picture = ask(&router, &format!("{double}.png"), &[]).await;
            assert_eq!(picture.header("content-type"), "image/png");
            let again = ask(&router, &format!("{double}.png"), &[("if-none-match", picture.header("etag"))]).await;
            assert_eq!(again.status.as_u16(), 304);
        }
    }

    #[tokio::test]
    async fn what_is_no_sprite_is_404() {
        for (path, words) in [
            ("/sprites/neon.json", "there is no style 'neon'; there are: access"),
            ("/sprites/access@3x.png", "then @2x or nothing"),
            ("/sprites/access.svg", "then .json or .png"),
            ("/sprites/access", "then .json or .png"),
        ] {
            let answer = get(path).await;
            assert_eq!(answer.status.as_u16(), 404, "{path}");
            assert!(answer.text().contains(words), "{path}: {}", answer.text());
        }
    }
}
