//! A look at a document before it is parsed: the parser's time grows with the square of what is counted here.

use super::{Limits, XmlError};

/// Refuses a DTD, and what is beyond the limits.
///
/// # Errors
/// `Doctype`, `LimitReached`, `Malformed`
pub(super) fn scan(text: &str, limits: &Limits) -> Result<(), XmlError> {
    // The namespaces in scope, of each element that is open.
    let mut open: Vec<usize> = Vec::new();
    let mut rest = text;
    while let Some((_, markup)) = rest.split_once('<') {
        rest = if let Some(comment) = markup.strip_prefix("!--") {
            after(comment, "-->")?
        } else if let Some(section) = markup.strip_prefix("![CDATA[") {
            after(section, "]]>")?
        } else if let Some(instruction) = markup.strip_prefix('?') {
            after(instruction, "?>")?
        } else if markup.starts_with('!') {
            return Err(XmlError::Doctype);
        } else if let Some(end) = markup.strip_prefix('/') {
            open.pop();
            after(end, ">")?
        } else {
            let tag = Tag::read(markup)?;
            let namespaces = open.last().unwrap_or(&0) + tag.namespaces;
            let too_many = tag.attributes > limits.attributes || namespaces > limits.namespaces;
            if too_many || open.len() >= limits.depth {
                return Err(XmlError::LimitReached);
            }
            if !tag.is_empty {
                open.push(namespaces);
            }
            tag.rest
        };
    }
    Ok(())
}

fn after<'t>(text: &'t str, end: &str) -> Result<&'t str, XmlError> {
    let (_, rest) = text.split_once(end).ok_or(XmlError::Malformed)?;
    Ok(rest)
}

/// The tag that a text begins with, behind its `<`.
pub(super) struct Tag<'t> {
    /// With those that declare namespaces.
    attributes: usize,
    /// How many namespaces it declares.
    pub(super) namespaces: usize,
    is_empty: bool,
    /// What is behind it.
    rest: &'t str,
}

impl<'t> Tag<'t> {
    /// # Errors
    /// `Malformed`
    pub(super) fn read(text: &'t str) -> Result<Self, XmlError> {
        let (mut attributes, mut namespaces) = (0, 0);
        let mut rest = text;
        loop {
            let found = rest
                .find(['=', '>'])
                .and_then(|at| rest.split_at_checked(at));
            let (before, markup) = found.ok_or(XmlError::Malformed)?;
            if let Some(rest) = markup.strip_prefix('>') {
                return Ok(Self {
                    attributes,
                    namespaces,
                    is_empty: before.ends_with('/'),
                    rest,
                });
            }
            let name = before.trim_end().rsplit(char::is_whitespace).next();
            attributes += 1;
            namespaces += usize::from(name.is_some_and(|name| name.starts_with("xmlns")));
            let value = markup.strip_prefix('=').unwrap_or(markup).trim_start();
            let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''));
            let quote = quote.ok_or(XmlError::Malformed)?;
            let value = value.strip_prefix(quote).unwrap_or(value);
            let (_, behind) = value.split_once(quote).ok_or(XmlError::Malformed)?;
            rest = behind;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Limits = Limits {
        size: 1000,
        depth: 3,
        nodes: 100,
        attributes: 3,
        namespaces: 2,
    };

    #[test]
    fn what_is_beyond_the_limits_is_refused() {
        for (text, expected) in [
            ("<a><b><c/></b></a>", Ok(())),
            ("<a><b><c><d/></c></b></a>", Err(XmlError::LimitReached)),
            ("<a><b/><b/><b/><b/><b/></a>", Ok(())),
            ("<a b='>' c = \"'=\" d=''/>", Ok(())),
            ("<a b='' c='' d='' e=''/>", Err(XmlError::LimitReached)),
            ("<a xmlns='a'><b xmlns:c='c'/></a>", Ok(())),
            (
                "<a xmlns='a' xmlns:b='b'><b xmlns:c='c'/></a>",
                Err(XmlError::LimitReached),
            ),
            ("<a xmlns='a' xmlns:b='b'/>", Ok(())),
            ("<!DOCTYPE a><a/>", Err(XmlError::Doctype)),
            (
                "<a><!-- <!DOCTYPE a> --><![CDATA[<!DOCTYPE a>]]><?b <!DOCTYPE?></a>",
                Ok(()),
            ),
            ("<a b='", Err(XmlError::Malformed)),
            ("<a b=c>", Err(XmlError::Malformed)),
            ("<a", Err(XmlError::Malformed)),
            ("<!-- a", Err(XmlError::Malformed)),
        ] {
            assert_eq!(scan(text, &SMALL), expected, "{text}");
        }
    }
}
