//! `/styles/{file}`: the style document and its drawings, for the viewer and other map clients.

use super::call::Call;
use super::clustered;
use super::document;
use super::layer_set::LayerSet;
use super::links::JSON;
use crate::problem::Problem;
use crate::style::Styles;
use axum::extract::Path;
use axum::response::Response;

/// Answers `default.json` and `icons.json`.
pub async fn document(call: Call, Path(file): Path<String>) -> Result<Response, Problem> {
    call.query.allow(&["cluster"])?;
    let text = match file.as_str() {
        "default.json" => {
            let names = call.world.names();
            let clustered = clustered::read(&call.query, &LayerSet::resolve(&call.world, &names.join(","))?)?;
            let mut document = Styles::document(&call.base, &names).map_err(|error| {
                tracing::error!(%error, "the style cannot be written");
                Problem::internal()
            })?;
            if let (Some(_), Some(url)) = (call.query.value("cluster")?, document["sources"]["roadblock"]["url"].as_str()) {
                document["sources"]["roadblock"]["url"] = format!("{url}?cluster={}", clustered.as_str()).into();
            }
            document.to_string()
        }
        "icons.json" => Styles::icons_text().to_owned(),
        _ => return Err(Problem::not_found(format!("there is no style '{file}'; there are: default.json, icons.json"))),
    };
    Ok(document::seal(&call, JSON, text))
}
