//! A query's plan as a tree, the node that reads the most marked.

use labgrade_checkers::message;
use labgrade_checkers::message::Tainted;
use labgrade_checkers::verdict::PlanNode;
use serde::Serialize;

use crate::report::told;
use crate::text::Catalogue;

/// A plan with its query.
#[derive(Serialize)]
pub(super) struct Plan {
    query: String,
    nodes: Vec<Node>,
}

#[derive(Serialize)]
struct Node {
    name: String,
    relation: Option<String>,
    index: Option<String>,
    method: Option<String>,
    condition: Option<String>,
    rows: String,
    removed: Option<String>,
    blocks: String,
    /// Its own part of all blocks, in percent.
    part: u64,
    hot: bool,
    children: Vec<Self>,
}

/// The plan in words.
pub(super) fn plan(query: &Tainted, root: &PlanNode, catalogue: &Catalogue) -> Plan {
    let hottest = root.walk().map(told::own_blocks).max().unwrap_or(0);
    let total: u64 = root
        .walk()
        .map(told::own_blocks)
        .fold(0, u64::saturating_add);
    let mut whole = Whole {
        hottest: Some(hottest).filter(|&blocks| blocks > 0),
        total,
        catalogue,
    };
    Plan {
        query: told::clean(query.as_str()),
        nodes: vec![whole.node(root)],
    }
}

struct Whole<'a> {
    /// The blocks of the node to mark, until it is marked.
    hottest: Option<u64>,
    total: u64,
    catalogue: &'a Catalogue,
}

impl Whole<'_> {
    fn node(&mut self, node: &PlanNode) -> Node {
        let own = told::own_blocks(node);
        let hot = self.hottest == Some(own);
        if hot {
            self.hottest = None;
        }
        let part = (u128::from(own) * 100).checked_div(u128::from(self.total));
        Node {
            name: told::line(&node.node),
            relation: node.relation.as_deref().map(told::line),
            index: node.index.as_ref().map(|index| told::line(index.as_str())),
            method: node.method.as_deref().map(told::line),
            condition: node
                .condition
                .as_ref()
                .map(|text| told::clean(text.as_str())),
            rows: self
                .catalogue
                .render(&message!("report-plan-rows", rows = node.rows)),
            removed: (node.removed > 0).then(|| {
                self.catalogue
                    .render(&message!("report-plan-removed", rows = node.removed))
            }),
            blocks: self.catalogue.render(&message!("blocks", blocks = own)),
            part: part.and_then(|part| u64::try_from(part).ok()).unwrap_or(0),
            hot,
            children: node.children.iter().map(|child| self.node(child)).collect(),
        }
    }
}
