//! Icons and hatches as our own drawings: a JSON table of SVG path texts, the same that the web map draws.

use super::canvas::Picture;
use super::color::{self, Rgba, faded};
use serde::Deserialize;
use std::collections::BTreeMap;
use vello_cpu::kurbo::{BezPath, Cap, Join, Shape};

/// Why a table of icons cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IconsError {
    /// No JSON, or not of this shape.
    #[error("the icons are no table of icons: {0}")]
    Json(#[from] serde_json::Error),
    /// A path or colour that cannot be read.
    #[error("icon '{icon}': {reason}")]
    Part {
        /// The icon.
        icon: String,
        /// What is wrong.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// For readers of the file.
    #[serde(default, rename = "note")]
    _note: String,
    icons: BTreeMap<String, IconText>,
    patterns: BTreeMap<String, Vec<HatchText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IconText {
    size: f64,
    paths: Vec<PathText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PathText {
    d: String,
    fill: Option<String>,
    stroke: Option<String>,
    #[serde(default)]
    width: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HatchText {
    angle: f64,
    spacing: f64,
    width: f64,
    color: String,
}

/// One drawing, centred on its square.
#[derive(Debug)]
pub(super) struct Icon {
    /// Side of its square, style pixels.
    pub(super) size: f64,
    pub(super) paths: Vec<Stroke>,
}

impl Icon {
    /// Draws it around the picture's origin.
    pub(super) fn draw(&self, opacity: f32, picture: &mut Picture<'_>) {
        for part in &self.paths {
            if let Some(color) = part.fill {
                picture.fill(&part.path, faded(color, opacity));
            }
            if let Some((color, width)) = part.stroke {
                picture.stroke(&part.path, faded(color, opacity), width, Cap::Round, Join::Round);
            }
        }
    }

    /// How far it reaches from its middle along either axis, style pixels.
    pub(super) fn reach(&self) -> f64 {
        let reaches = self.paths.iter().map(|part| {
            let bounds = part.path.bounding_box();
            let farthest = [bounds.x0, bounds.x1, bounds.y0, bounds.y1].into_iter().map(f64::abs).fold(0.0, f64::max);
            farthest + part.stroke.map_or(0.0, |(_, width)| width / 2.0)
        });
        reaches.fold(0.0, f64::max)
    }
}

/// One path of an icon.
#[derive(Debug)]
pub(super) struct Stroke {
    pub(super) path: BezPath,
    pub(super) fill: Option<Rgba>,
    pub(super) stroke: Option<(Rgba, f64)>,
}

/// Parallel lines.
#[derive(Debug)]
pub(super) struct Hatch {
    /// Direction, radians, y down.
    pub(super) angle: f64,
    /// From line to line, style pixels.
    pub(super) spacing_px: f64,
    pub(super) width_px: f64,
    pub(super) color: Rgba,
}

/// All drawings by name.
#[derive(Debug, Default)]
pub struct Icons {
    icons: BTreeMap<String, Icon>,
    hatches: BTreeMap<String, Vec<Hatch>>,
}

impl Icons {
    /// Reads a table: `icons` by name (size, paths), `patterns` by name (hatch lines).
    pub fn parse(text: &str) -> Result<Self, IconsError> {
        let table: Table = serde_json::from_str(text)?;
        let icons = table.icons.into_iter().map(|(name, icon)| {
            let wrong = |reason: String| IconsError::Part { icon: name.clone(), reason };
            let paths = icon.paths.iter().map(|part| stroke(part).map_err(wrong)).collect::<Result<_, _>>()?;
            Ok((name, Icon { size: icon.size, paths }))
        });
        let hatches = table.patterns.into_iter().map(|(name, lines)| {
            let wrong = |reason: String| IconsError::Part { icon: name.clone(), reason };
            let lines = lines.iter().map(|line| hatch(line).map_err(wrong)).collect::<Result<_, _>>()?;
            Ok((name, lines))
        });
        Ok(Self { icons: icons.collect::<Result<_, IconsError>>()?, hatches: hatches.collect::<Result<_, IconsError>>()? })
    }

    pub(super) fn icon(&self, name: &str) -> Option<&Icon> {
        self.icons.get(name)
    }

    pub(super) fn hatch(&self, name: &str) -> Option<&[Hatch]> {
        self.hatches.get(name).map(Vec::as_slice)
    }

    pub(super) fn icons(&self) -> impl Iterator<Item = (&str, &Icon)> {
        self.icons.iter().map(|(name, icon)| (name.as_str(), icon))
    }

    pub(super) fn hatches(&self) -> impl Iterator<Item = (&str, &[Hatch])> {
        self.hatches.iter().map(|(name, lines)| (name.as_str(), lines.as_slice()))
    }
}

fn rgba(text: &str) -> Result<Rgba, String> {
    color::parse(text).ok_or_else(|| format!("'{text}' is no colour"))
}

fn stroke(part: &PathText) -> Result<Stroke, String> {
    Ok(Stroke {
        path: BezPath::from_svg(&part.d).map_err(|error| format!("'{}': {error}", part.d))?,
        fill: part.fill.as_deref().map(rgba).transpose()?,
        stroke: part.stroke.as_deref().map(rgba).transpose()?.map(|color| (color, part.width)),
    })
}

fn hatch(line: &HatchText) -> Result<Hatch, String> {
    if line.spacing < 2.0 || line.width <= 0.0 {
        return Err("hatch lines stand at least 2 pixels apart and have a width".to_owned());
    }
    if ![0.0, 45.0, -45.0].contains(&line.angle) {
        return Err(format!(
            "hatch lines run at an angle of 0, 45 or -45 degrees, so that a square of them repeats; not at {}",
            line.angle
        ));
    }
    Ok(Hatch { angle: line.angle.to_radians(), spacing_px: line.spacing, width_px: line.width, color: rgba(&line.color)? })
}
