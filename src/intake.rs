//! Records that come in files, read by `roadblock import` or sent to a server: read into drafts, compared by id with what holds, and judged
//! together, so that all of it is entered or nothing.
//!
//! ```text
//!   file -> drafts, each with its place -> new, changed or unchanged -> what is to be entered, and all that was found
//! ```

mod difference;
pub mod mappings;
mod read;
mod sent;
mod weigh;

pub use difference::Member;
pub use read::{Everything, Place, Placed};
pub use sent::package;
pub use weigh::{Counts, Weighed};
