//! Windows: the registry says where the manifest of a host lies.

use super::{HOST_NAME, Place};
use std::io;
use windows_registry::{CURRENT_USER, Key, LOCAL_MACHINE};

/// The place with the file that the registry points to.
pub(super) fn pointed_to(place: &Place) -> io::Result<Place> {
    // Whatever keeps it from being read keeps the browser from reading it.
    let value = root(place)
        .open(key(place))
        .and_then(|key| key.get_string(""));
    let file = value.map_err(|_| io::ErrorKind::NotFound)?;
    Ok(Place {
        file: file.into(),
        ..place.clone()
    })
}

/// Points the registry to the place's file.
pub(super) fn point(place: &Place) -> io::Result<()> {
    let file = place.file.to_str().ok_or(io::ErrorKind::InvalidInput)?;
    Ok(root(place).create(key(place))?.set_string("", file)?)
}

/// Removes the host's key where it points to the place's file: that of an installer points to another.
pub(super) fn forget(place: &Place) -> io::Result<()> {
    match pointed_to(place) {
        Ok(found) if found.file == place.file => Ok(root(place).remove_tree(key(place))?),
        _ => Ok(()),
    }
}

fn root(place: &Place) -> &'static Key {
    if place.is_everybodys {
        LOCAL_MACHINE
    } else {
        CURRENT_USER
    }
}

fn key(place: &Place) -> String {
    format!(r"{}\{HOST_NAME}", place.key)
}
