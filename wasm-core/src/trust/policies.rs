//! Certificate policies along a path (RFC 5280 §6.1 with the policy graph of RFC 9618, which does not grow as the tree
//! of RFC 5280 does).

use super::{PolicyRequirements, Reason};
use crate::certificate::{Certificate, ExtensionMalformed};
use std::collections::{BTreeMap, BTreeSet};

/// anyPolicy (RFC 5280 §4.2.1.4)
const ANY: &str = "2.5.29.32.0";

const CERTIFICATE_POLICIES: &str = "2.5.29.32";
const POLICY_MAPPINGS: &str = "2.5.29.33";

/// One depth of the `valid_policy_graph`: each policy that is valid there.
type Level = BTreeMap<String, Node>;

#[derive(Debug, Default)]
struct Node {
    /// The policies of the depth above that it is valid by.
    parents: BTreeSet<String>,
    /// `expected_policy_set`
    expected: BTreeSet<String>,
}

/// The state of RFC 5280 §6.1.2 (a), (d), (e), (f) while certificates are processed from the anchor down.
#[derive(Debug)]
pub(super) struct Policies<'a> {
    requirements: &'a PolicyRequirements,
    /// `valid_policy_graph`, the anchor's depth first; empty where it is NULL.
    graph: Vec<Level>,
    explicit_policy: u32,
    policy_mapping: u32,
    inhibit_any_policy: u32,
}

impl<'a> Policies<'a> {
    /// For a path of so many certificates below the anchor.
    pub(super) fn new(requirements: &'a PolicyRequirements, length: usize) -> Self {
        let after_all = u32::try_from(length).map_or(u32::MAX, |length| length.saturating_add(1));
        let initially = |inhibited: bool| if inhibited { 0 } else { after_all };
        let root = Node {
            parents: BTreeSet::new(),
            expected: BTreeSet::from([ANY.to_owned()]),
        };
        Self {
            requirements,
            graph: vec![BTreeMap::from([(ANY.to_owned(), root)])],
            explicit_policy: initially(requirements.explicit),
            policy_mapping: initially(requirements.inhibit_mapping),
            inhibit_any_policy: initially(requirements.inhibit_any),
        }
    }

    /// RFC 5280 §6.1.3 (d) to (f) for the next certificate.
    ///
    /// # Errors
    /// `PolicyMissing`; `ExtensionMalformed` where a policy stands twice (RFC 5280 §4.2.1.4)
    pub(super) fn process(
        &mut self,
        certificate: &Certificate,
        place: Place,
    ) -> Result<(), Reason> {
        let policies = certificate.policies();
        let distinct: BTreeSet<&String> = policies.iter().collect();
        if distinct.len() < policies.len() {
            let oid = CERTIFICATE_POLICIES.to_owned();
            return Err(Reason::ExtensionMalformed { oid });
        }
        let level = self.graph.last().map(|above| {
            let any_counts = self.inhibit_any_policy > 0 || (!place.last && place.self_issued);
            below(above, policies, any_counts)
        });
        match level {
            Some(level) if !level.is_empty() => self.graph.push(level),
            _ => self.graph.clear(),
        }
        match self.explicit_policy == 0 && self.graph.is_empty() {
            true => Err(Reason::PolicyMissing),
            false => Ok(()),
        }
    }

    /// RFC 5280 §6.1.4 (a), (b), (h), (i), (j): what an authority says about the certificates below it.
    ///
    /// # Errors
    /// `ExtensionMalformed`, also for a mapping from or to anyPolicy.
    pub(super) fn descend(
        &mut self,
        certificate: &Certificate,
        place: Place,
    ) -> Result<(), Reason> {
        let mappings = certificate.policy_mappings()?;
        if mappings.iter().any(|(from, to)| from == ANY || to == ANY) {
            return Err(Reason::ExtensionMalformed {
                oid: POLICY_MAPPINGS.to_owned(),
            });
        }
        self.map(&mappings);
        if !place.self_issued {
            for counter in [
                &mut self.explicit_policy,
                &mut self.policy_mapping,
                &mut self.inhibit_any_policy,
            ] {
                *counter = counter.saturating_sub(1);
            }
        }
        let limits = certificate.policy_limits()?;
        for (counter, limit) in [
            (&mut self.explicit_policy, limits.require_explicit),
            (&mut self.policy_mapping, limits.inhibit_mapping),
            (&mut self.inhibit_any_policy, limits.inhibit_any),
        ] {
            *counter = limit.map_or(*counter, |limit| limit.min(*counter));
        }
        Ok(())
    }

    /// RFC 5280 §6.1.4 (b)
    fn map(&mut self, mappings: &[(String, String)]) {
        let mut expected = BTreeMap::<&str, BTreeSet<String>>::new();
        for (from, to) in mappings {
            expected.entry(from).or_default().insert(to.clone());
        }
        let Some(level) = self.graph.last_mut() else {
            return;
        };
        let has_any = level.contains_key(ANY);
        for (from, to) in expected {
            if self.policy_mapping == 0 {
                level.remove(from);
            } else if let Some(node) = level.get_mut(from) {
                node.expected = to;
            } else if has_any {
                let parents = BTreeSet::from([ANY.to_owned()]);
                level.insert(
                    from.to_owned(),
                    Node {
                        parents,
                        expected: to,
                    },
                );
            }
        }
        if level.is_empty() {
            self.graph.clear();
        }
    }

    /// RFC 5280 §6.1.5 (a), (b), (g), when the last certificate was processed.
    ///
    /// # Errors
    /// `PolicyMissing`; `ExtensionMalformed`
    pub(super) fn conclude(&mut self, last: &Certificate) -> Result<(), Reason> {
        let explicit = last.policy_limits()?.require_explicit;
        let is_required = self.explicit_policy <= 1 || explicit == Some(0);
        match is_required && !self.is_acceptable() {
            true => Err(Reason::PolicyMissing),
            false => Ok(()),
        }
    }

    /// Whether the path is valid for a policy that is acceptable.
    fn is_acceptable(&self) -> bool {
        let acceptable = &self.requirements.acceptable;
        let Some(last) = self.graph.last() else {
            return false;
        };
        if acceptable.is_empty() || acceptable.iter().any(|it| it == ANY) || last.contains_key(ANY)
        {
            return true;
        }
        // From the last depth up: a node below anyPolicy names a policy of the anchor's own domain.
        let mut reached: BTreeSet<&String> = last.keys().collect();
        for level in self.graph.iter().rev() {
            let mut above = BTreeSet::new();
            for policy in reached {
                let Some(node) = level.get(policy) else {
                    continue;
                };
                if node.parents.contains(ANY) && acceptable.contains(policy) {
                    return true;
                }
                above.extend(node.parents.iter().filter(|parent| *parent != ANY));
            }
            reached = above;
        }
        false
    }
}

/// Where a certificate is on its path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Whether it is the last one, about which is asked.
    pub(super) last: bool,
    /// Whether its issuer has its own name (RFC 5280 §3.2).
    pub(super) self_issued: bool,
}

/// RFC 5280 §6.1.3 (d): the policies that are valid one depth further down.
fn below(above: &Level, policies: &[String], any_counts: bool) -> Level {
    let mut expecting = BTreeMap::<&str, BTreeSet<String>>::new();
    for (policy, node) in above {
        for expected in &node.expected {
            expecting
                .entry(expected)
                .or_default()
                .insert(policy.clone());
        }
    }
    let mut level = Level::new();
    let node = |policy: &str, parents: &BTreeSet<String>| Node {
        parents: parents.clone(),
        expected: BTreeSet::from([policy.to_owned()]),
    };
    let any_parent = BTreeSet::from([ANY.to_owned()]);
    for policy in policies.iter().filter(|policy| *policy != ANY) {
        let parents = expecting.get(&**policy);
        let parents = parents.or(above.contains_key(ANY).then_some(&any_parent));
        if let Some(parents) = parents {
            level.insert(policy.clone(), node(policy, parents));
        }
    }
    if any_counts && policies.iter().any(|policy| policy == ANY) {
        for (policy, parents) in expecting {
            level
                .entry(policy.to_owned())
                .or_insert_with(|| node(policy, &parents));
        }
    }
    level
}

impl From<ExtensionMalformed> for Reason {
    fn from(ExtensionMalformed(oid): ExtensionMalformed) -> Self {
        Self::ExtensionMalformed {
            oid: oid.to_owned(),
        }
    }
}
