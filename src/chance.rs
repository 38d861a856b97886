//! The only module that draws random numbers which nobody may guess, from the system.

/// 256 random bits: a token, the name of a session.
///
/// # Errors
/// When the system has none to give.
pub fn bits() -> Result<[u8; 32], getrandom::Error> {
    let mut bits = [0; 32];
    getrandom::fill(&mut bits)?;
    Ok(bits)
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_two_draws_are_alike() {
        assert_ne!(super::bits().unwrap(), super::bits().unwrap());
    }
}
