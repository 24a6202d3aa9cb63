//! Makes demo people with GOST keys, and prints a line for each: file, password, key, name.
//!
//! ```text
//! gost-people DIR
//! ```

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a script: what is wrong with its surroundings shall stop it"
)]

use std::{env, path::PathBuf};

fn main() {
    let folder = PathBuf::from(env::args_os().nth(1).expect("usage: gost-people DIR"));
    tamga_people::make_all(&folder);
    for person in &tamga_people::PEOPLE {
        let password = Some(person.password).filter(|password| !password.is_empty());
        println!(
            "{:<22} {:<12} {:<10} {}",
            person.file_name(),
            password.unwrap_or("(empty)"),
            person.key_name(),
            person.name()
        );
    }
}
