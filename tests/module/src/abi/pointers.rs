//! What a caller's pointers point to, read and written. As everywhere in [`super`], they are null or valid for the lengths
//! beside them.
#![allow(
    unsafe_code,
    reason = "the pointers are those of the standard's functions"
)]

use crate::reply::{Fault, Item, Reply, random};
use cryptoki_sys::*;
use std::slice;

/// Bytes that the caller gives; `None` for a null pointer.
pub(super) unsafe fn bytes<'a>(pointer: *const u8, length: CK_ULONG) -> Option<&'a [u8]> {
    let length = usize::try_from(length).ok()?;
    (!pointer.is_null()).then(|| unsafe { slice::from_raw_parts(pointer, length) })
}

/// How much the caller has room for; `None` if it only asks for the length.
pub(super) unsafe fn room<T>(
    buffer: *mut T,
    length: *mut CK_ULONG,
) -> Result<Option<usize>, CK_RV> {
    if length.is_null() {
        return Err(CKR_ARGUMENTS_BAD);
    }
    let length = usize::try_from(unsafe { length.read_unaligned() });
    Ok((!buffer.is_null()).then(|| length.unwrap_or(usize::MAX)))
}

/// Hands out a list.
pub(super) unsafe fn write<T: Item>(
    reply: Reply<T>,
    buffer: *mut T,
    length: *mut CK_ULONG,
) -> Result<(), CK_RV> {
    for (index, item) in reply.items.into_iter().enumerate() {
        unsafe { buffer.add(index).write_unaligned(item) };
    }
    unsafe { length.write_unaligned(reply.length) };
    reply.result
}

/// Hands out a structure, or as many random bytes.
pub(super) unsafe fn put<T>(value: T, place: *mut T, fault: Fault) -> Result<(), CK_RV> {
    if place.is_null() {
        return Err(CKR_ARGUMENTS_BAD);
    }
    unsafe { place.write_unaligned(value) };
    if fault == Fault::Garbage {
        for index in 0..size_of::<T>() {
            let [byte] = random();
            unsafe { place.cast::<u8>().add(index).write(byte) };
        }
    }
    Ok(())
}

/// The attributes of a template.
pub(super) unsafe fn template(
    attributes: *const CK_ATTRIBUTE,
    count: CK_ULONG,
) -> Result<Vec<(CK_ATTRIBUTE_TYPE, Vec<u8>)>, CK_RV> {
    let count = usize::try_from(count).map_err(|_| CKR_ARGUMENTS_BAD)?;
    if attributes.is_null() && count > 0 {
        return Err(CKR_ARGUMENTS_BAD);
    }
    let read = |index| {
        let attribute = unsafe { attributes.add(index).read_unaligned() };
        let value = unsafe { bytes(attribute.pValue.cast(), attribute.ulValueLen) };
        (attribute.type_, value.unwrap_or_default().to_vec())
    };
    Ok((0..count).map(read).collect())
}
