//! Writes the generated mix for the peers: `mix COUNT FILE`. Compiled alone by `rustc`, it needs nothing of this project built.

#[path = "../data/mix.rs"]
mod mix;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().and_then(|count| count.parse().ok()), arguments.next()) {
        (Some(count), Some(path)) => mix::write(count, path.as_ref()),
        _ => Err(std::io::Error::other("usage: mix COUNT FILE")),
    }
}
