//! The store as its callers see it.

mod backups;
mod chain;
mod commits;
mod damage;
mod disks;
mod files;
mod kill;
mod sample;
mod whole;
