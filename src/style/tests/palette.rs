//! The colours, measured: contrast on land (WCAG 2), and how far the effects lie apart for eyes that see colours differently.

use crate::style::{Drawn, Styles};
use serde_json::Value;

type Color = [f64; 3];

const STATUSES: [&str; 4] = ["open", "restricted", "closed", "unknown"];
/// The style that must do without colours.
const PRINT: &str = "print";

/// What is seen of linear red, green and blue at full severity (Machado, Oliveira and Fernandes 2009), one matrix each.
const VISIONS: [(&str, [Color; 3]); 4] = [
    ("normal", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    ("protanopia", [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    ("deuteranopia", [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    ("tritanopia", [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
];

/// From linear red, green and blue of sRGB to CIE XYZ.
const TO_XYZ: [Color; 3] =
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]];
const WHITE: Color = [0.95047, 1.0, 1.08883];

fn times(matrix: &[Color; 3], color: Color) -> Color {
    matrix.map(|row| (0..3).map(|part| row[part] * color[part]).sum())
}

/// Red, green and blue of `#rrggbb`, 0 to 1, as they are written.
fn parts(hex: &str) -> Color {
    [1, 3, 5].map(|at| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0)
}

fn linear(color: Color) -> Color {
    color.map(|part| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) })
}

fn contrast(one: Color, other: Color) -> f64 {
    let light = |color: Color| times(&[[0.2126, 0.7152, 0.0722]; 3], linear(color))[0] + 0.05;
    let (one, other) = (light(one), light(other));
    one.max(other) / one.min(other)
}

fn lab(linear: Color) -> Color {
    let xyz = times(&TO_XYZ, linear);
    let [x, y, z] = [0, 1, 2].map(|part| {
        let share = xyz[part] / WHITE[part];
        if share > 216.0 / 24389.0 { share.cbrt() } else { (24389.0 / 27.0 * share + 16.0) / 116.0 }
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn distance(a: Color, b: Color) -> f64 {
    (0..3).map(|part| (a[part] - b[part]).powi(2)).sum::<f64>().sqrt()
}

/// A style that draws roads, with its rules and icons.
struct Look {
    id: String,
    rules: Vec<Value>,
    drawings: Value,
}

/// Those whose statuses are told by colour too.
fn colored() -> Vec<Look> {
    looks().into_iter().filter(|look| look.id != PRINT).collect()
}

fn looks() -> Vec<Look> {
    let styles = Styles::builtin().unwrap();
    let with_roads = styles.all().filter(|named| named.drawn == Drawn::All);
    let look = |named: &std::sync::Arc<crate::style::Named>| Look {
        id: named.id.to_string(),
        rules: named.rules().to_vec(),
        drawings: named.drawings().clone(),
    };
    with_roads.map(look).collect()
}

impl Look {
    fn rule(&self, id: &str) -> &Value {
        self.rules.iter().find(|rule| rule["id"] == id).unwrap()
    }

    fn paint(&self, id: &str, property: &str) -> String {
        self.rule(id)["paint"][property].as_str().unwrap().to_owned()
    }

    fn land(&self) -> Color {
        parts(&self.paint("land", "fill-color"))
    }

    /// The colours of roads: those of reports are theirs.
    fn statuses(&self) -> [String; 4] {
        STATUSES.map(|status| self.paint(&format!("access-{status}"), "line-color"))
    }

    /// Dashes of a status and of what lies over it: what tells it from others without colour.
    fn pattern(&self, status: &str) -> [Value; 2] {
        let dashes =
            |id: String| self.rules.iter().find(|rule| rule["id"] == id).map(|rule| rule["paint"]["line-dasharray"].clone());
        [format!("access-{status}"), format!("access-{status}-bars")].map(|id| dashes(id).unwrap_or_default())
    }
}

/// Every colour that a text of JSON names.
fn colors(json: &Value) -> Vec<String> {
    let text = json.to_string();
    text.split('"').filter(|part| part.starts_with('#')).map(str::to_owned).collect()
}

fn pairs() -> impl Iterator<Item = (usize, usize)> {
    (0..STATUSES.len()).flat_map(|a| (0..a).map(move |b| (a, b)))
}

#[test]
fn statuses_are_told_apart_whatever_eyes_see() {
    for look in colored() {
        for (vision, matrix) in VISIONS {
            let seen = look.statuses().map(|hex| lab(times(&matrix, linear(parts(&hex))).map(|part| part.clamp(0.0, 1.0))));
            let least = pairs().map(|(a, b)| distance(seen[a], seen[b])).fold(f64::MAX, f64::min);
            assert!(least >= 33.0, "{}, {vision}: {least:.1}", look.id);
        }
    }
}

#[test]
fn statuses_are_told_apart_without_any_colour() {
    for look in looks() {
        for (a, b) in pairs() {
            let [one, other] = [a, b].map(|at| look.pattern(STATUSES[at]));
            assert_ne!(one, other, "{}: {} and {}", look.id, STATUSES[a], STATUSES[b]);
        }
    }
}

#[test]
fn statuses_stand_out_from_land_and_what_makes_them_has_their_colours() {
    for look in looks() {
        let plate = colors(&look.drawings["icons"]["mark-closes"])[0].clone();
        let band = colors(&look.rule("report-band")["paint"]["line-color"]);
        assert!(look.statuses().iter().all(|hex| band.contains(hex)), "{band:?}");
        for (effect, hex) in ["passage", "restricts", "closes", "advisory"].iter().zip(look.statuses()) {
            let stands_out = contrast(parts(&hex), look.land());
            assert!(stands_out >= 3.6, "{}, {effect}: {stands_out:.2}", look.id);
            let names =
                ["mark", "cluster"].into_iter().flat_map(|kind| [format!("{kind}-{effect}"), format!("{kind}-{effect}-recent")]);
            for mark in names {
                let used = colors(&look.drawings["icons"][&mark]);
                assert!(used.contains(&hex) && used.iter().all(|color| *color == hex || *color == plate), "{mark}: {used:?}");
            }
        }
    }
}

#[test]
fn what_carries_meaning_stands_out_from_land() {
    for look in looks() {
        let land = look.land();
        let mut graphics = colors(&look.rule("corridor")["paint"]["line-color"]);
        graphics.push(look.paint("area-line", "line-color"));
        for hex in graphics {
            assert!(contrast(parts(&hex), land) >= 3.0, "{}, {hex}: {:.2}", look.id, contrast(parts(&hex), land));
        }
        let opacity = look.rule("area-hatch")["paint"]["fill-opacity"].as_f64().unwrap();
        for hex in colors(&look.drawings["patterns"]) {
            let over = [0, 1, 2].map(|part| parts(&hex)[part] * opacity + land[part] * (1.0 - opacity));
            assert!(contrast(over, land) >= 3.0, "{}, {hex} at {opacity}: {:.2}", look.id, contrast(over, land));
        }
    }
}

#[test]
fn texts_are_readable_on_land() {
    for look in looks() {
        for id in ["country-label", "area-label", "place-label", "place-name", "report-cluster", "place-cluster", "any-cluster"] {
            let hex = look.paint(id, "text-color");
            assert!(contrast(parts(&hex), look.land()) >= 4.5, "{}, {id}: {:.2}", look.id, contrast(parts(&hex), look.land()));
        }
    }
}
