//! What the data set says of itself.

use super::{ImportError, list};
use crate::dataset::{About, AdminUnit, Milestone};
use crate::time::Instant;
use serde_json::Value;

const TITLE: &str = "Mali: the fuel blockade, autumn 2025";
const DESCRIPTION: &str = "Blockade points, areas of reported influence and supply corridors towards Bamako, hand-digitised from open \
                           press. Illustrative: for demonstration and tests, never for operations.";
const DISCLAIMER: &str = "The boundaries and names shown and the designations used do not imply endorsement or acceptance. Areas and \
                          statuses are approximate, compiled from open sources, as of {at}, known at {known_at}. Not for navigation \
                          or targeting.";
const TITLE_FR: &str = "Mali : le blocus du carburant, automne 2025";
const DESCRIPTION_FR: &str = "Points de blocage, zones d’influence signalée et corridors d’approvisionnement vers Bamako, saisis à la \
                              main d’après la presse. À titre d’illustration : pour démonstrations et essais, jamais pour des opérations.";
const DISCLAIMER_FR: &str = "Les limites et les noms indiqués et les désignations employées n’impliquent ni approbation ni acceptation. \
                             Zones et états sont approximatifs, compilés de sources ouvertes, au {at}, connus au {known_at}. Ni pour \
                             la navigation ni pour le ciblage.";
const ATTRIBUTION: &str = "Compiled from open press, see each record's sources. Places: GeoNames (geonames.org), CC BY 4.0";

pub(super) fn about(data: &Value) -> Result<About, ImportError> {
    Ok(About {
        title: TITLE.into(),
        description: DESCRIPTION.into(),
        default_datetime: Some(Instant::parse("2025-10-22T12:00:00Z")?),
        from: Instant::parse("2025-09-01")?,
        to: Instant::parse("2025-12-01")?,
        disclaimer: DISCLAIMER.into(),
        title_fr: Some(TITLE_FR.into()),
        description_fr: Some(DESCRIPTION_FR.into()),
        disclaimer_fr: Some(DISCLAIMER_FR.into()),
        attribution: ATTRIBUTION.into(),
        timeline: list(data, "timeline")?.iter().map(milestone).collect::<Result<_, _>>()?,
        admin2: list(data, "admin2")?.iter().map(unit).collect(),
    })
}

fn milestone(row: &Value) -> Result<Milestone, ImportError> {
    let last_day = row["end"].as_str().map(Instant::parse).transpose()?;
    Ok(Milestone {
        from: Instant::parse(&text(row, "date"))?,
        to: last_day.map(|day| day.plus_days(1)),
        text: text(row, "text"),
        source: text(row, "source"),
    })
}

fn unit(row: &Value) -> AdminUnit {
    AdminUnit { code: text(row, "pcode"), name: text(row, "name"), cod_version: text(row, "cod_version") }
}

fn text(row: &Value, field: &str) -> String {
    row[field].as_str().unwrap_or_default().to_owned()
}
