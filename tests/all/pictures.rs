//! Raster tiles through the real program, against pictures that were looked at.
//!
//! `ROADBLOCK_GOLDEN=write` draws the pictures anew; look at them before committing them.

use crate::outside::top;
use crate::server::Server;
use image::RgbaImage;

/// Share of pixels that may differ, and by how much of 255 a pixel may without counting.
const MOST_DIFFERENT: f64 = 0.005;
const TOLERANCE: u8 = 8;

const PICTURES: [(&str, &str); 13] = [
    ("z4", "/xyz/basemap,all/4/7/7@2x.png"),
    ("z6", "/xyz/basemap,all/6/30/29@2x.png"),
    ("z8", "/xyz/basemap,all/8/123/119@2x.png"),
    ("z10", "/xyz/basemap,all/10/493/481@2x.png"),
    ("z6_single", "/xyz/basemap,all/6/30/29.png"),
    ("overlay", "/xyz/areas,corridors,blockades/6/30/29@2x.png"),
    ("november", "/xyz/basemap,all/6/30/29@2x.png?datetime=2025-11-05"),
    ("disputed", "/xyz/basemap/4/7/6@2x.png"),
    ("clusters", "/xyz/basemap,all/5/15/14@2x.png?cluster=blockades&datetime=2025-12-05&phase=active,recent,past"),
    ("dark", "/styles/access-dark/6/30/29@2x.png"),
    ("print", "/styles/print/6/30/29@2x.png"),
    ("map", "/styles/access/map.png?bbox=-10,10.5,-5,14.5&width=720&height=540&legend=true&known_at=2026-01-01"),
    ("clusters_all", "/xyz/basemap,all/5/15/14@2x.png?cluster=all"),
];

fn decode(bytes: &[u8]) -> RgbaImage {
    image::load_from_memory(bytes).expect("another decoder reads the picture").into_rgba8()
}

/// Share of pixels of which any channel differs by more than the tolerance. What cannot be seen does not differ.
fn difference(one: &RgbaImage, other: &RgbaImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let seen = |pixel: &image::Rgba<u8>| pixel.0.map(|channel| (u16::from(channel) * u16::from(pixel.0[3]) / 255) as u8);
    let differs = |(a, b): &(&image::Rgba<u8>, &image::Rgba<u8>)| {
        let (a_seen, b_seen) = (seen(a), seen(b));
        (0..3).any(|channel| a_seen[channel].abs_diff(b_seen[channel]) > TOLERANCE) || a.0[3].abs_diff(b.0[3]) > TOLERANCE
    };
    let count = one.pixels().zip(other.pixels()).filter(differs).count();
    count as f64 / f64::from(one.width() * one.height())
}

#[test]
fn tiles_look_as_they_did_when_we_looked() {
    let server = Server::start();
    let write = std::env::var_os("ROADBLOCK_GOLDEN").is_some_and(|value| value == "write");
    let folder = top().join("tests/golden");
    let mut wrong = Vec::new();
    for (name, path) in PICTURES {
        let bytes = server.bytes(path);
        let file = folder.join(format!("{name}.png"));
        if write {
            std::fs::write(&file, &bytes).unwrap();
        }
        let golden = decode(&std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display())));
        let share = difference(&decode(&bytes), &golden);
        if share > MOST_DIFFERENT {
            wrong.push(format!("{name}: {:.2} % of pixels differ", share * 100.0));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
    server.assert_log_clean();
}

#[test]
fn the_comparison_sees_a_missing_mark() {
    let golden = decode(&std::fs::read(top().join("tests/golden/overlay.png")).unwrap());
    let mut spoilt = golden.clone();
    let marked: Vec<(u32, u32)> =
        golden.enumerate_pixels().filter(|(.., pixel)| pixel.0[3] == 255).map(|(x, y, _)| (x, y)).collect();
    assert!(marked.len() > 2000, "the picture shows something");
    marked.iter().take(2000).for_each(|&(x, y)| spoilt.put_pixel(x, y, image::Rgba([0, 255, 0, 255])));
    assert!(difference(&golden, &spoilt) > MOST_DIFFERENT);
    assert!(difference(&golden, &golden) == 0.0);
}

#[test]
fn png_and_webp_and_both_sizes_show_the_same_map() {
    let server = Server::start();
    let path = "/xyz/basemap,all/7/61/59";
    let double = decode(&server.bytes(&format!("{path}@2x.png")));
    let webp = decode(&server.bytes(&format!("{path}@2x.webp")));
    assert_eq!(double.dimensions(), (512, 512));
    // PNG holds up to 256 colours where that is smaller, WebP all.
    assert!(difference(&double, &webp) < MOST_DIFFERENT);
    assert_eq!(decode(&server.bytes(&format!("{path}.png"))).dimensions(), (256, 256));
    let type_of = |suffix: &str| server.get(&format!("{path}.{suffix}")).headers()["content-type"].to_str().unwrap().to_owned();
    assert_eq!((type_of("png"), type_of("webp")), ("image/png".to_owned(), "image/webp".to_owned()));
}
