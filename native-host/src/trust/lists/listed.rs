//! The certificates of a list, found by their subjects: there may be thousands, and a path needs a few.

use std::{collections::HashMap, sync::Arc};
use tamga_core::{
    certificate::{Certificate, NameKey},
    trust::{Anchor, lists::NationalList},
};

/// A list that was verified, and its certificates.
#[derive(Debug)]
pub(in crate::trust) struct Listed {
    pub(in crate::trust) list: Arc<NationalList>,
    pub(in crate::trust) anchors: Vec<Anchor>,
    pub(in crate::trust) intermediates: Vec<Certificate>,
    by_subject: HashMap<NameKey, Vec<Place>>,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Anchor(usize),
    Intermediate(usize),
}

/// A certificate of a list.
#[derive(Clone, Copy, Debug)]
pub(in crate::trust) enum Found<'l> {
    Anchor(&'l Anchor),
    Intermediate(&'l Certificate),
}

impl Found<'_> {
    pub(in crate::trust) fn certificate(&self) -> &Certificate {
        match self {
            Self::Anchor(anchor) => &anchor.certificate,
            Self::Intermediate(certificate) => certificate,
        }
    }
}

impl Listed {
    pub(super) fn of(list: NationalList) -> Self {
        let anchors = list.anchors();
        let intermediates: Vec<_> = list.intermediates().cloned().collect();
        let mut by_subject = HashMap::<_, Vec<_>>::new();
        let places = anchors.iter().enumerate();
        let places = places.map(|(place, anchor)| (&anchor.certificate, Place::Anchor(place)));
        let others = intermediates.iter().enumerate();
        let others = others.map(|(place, it)| (it, Place::Intermediate(place)));
        for (certificate, place) in places.chain(others) {
            let subject = certificate.subject().key();
            by_subject.entry(subject).or_default().push(place);
        }
        Self {
            list: Arc::new(list),
            anchors,
            intermediates,
            by_subject,
        }
    }

    /// Its certificates of this name.
    pub(in crate::trust) fn with_subject(&self, name: &NameKey) -> impl Iterator<Item = Found<'_>> {
        let places = self.by_subject.get(name).into_iter().flatten();
        places.filter_map(|place| match place {
            Place::Anchor(place) => self.anchors.get(*place).map(Found::Anchor),
            Place::Intermediate(place) => self.intermediates.get(*place).map(Found::Intermediate),
        })
    }
}
