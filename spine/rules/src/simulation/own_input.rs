//! Inputs that a function of the package takes: `set_input = a_function` of holder, period and values. It is compiled as a formula is,
//! and what it sets is calculated from what is given.

use super::{Simulation, cast};
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Arguments, Evaluator};
use crate::graph::{Graph, NodeId, Shape};
use crate::period::Period;
use crate::run::{Column, Mode, Runner, settled};
use crate::session::Session;
use crate::system::on_deep_stack;
use crate::value::{Outcome, Value};
use crate::variable::{OwnInput, Variable};
use std::sync::Arc;

/// The name under which the values stand while the function works; no variable can have it.
const GIVEN: &str = "given to set_input";

/// Variables, periods and columns that were set.
type Set = Vec<(Arc<str>, Period, NodeId)>;

impl Simulation {
    pub(super) fn set_as_the_package_says(
        &mut self,
        variable: &Variable,
        own: &OwnInput,
        period: Period,
        column: Column,
    ) -> Result<(), Diagnostic> {
        let given: (Arc<str>, Period) = (Arc::from(GIVEN), period);
        let (graph, set) = self.compiled_setting(variable, own, &given)?;
        self.inputs.insert(given.clone(), cast(column, &variable.value_type));
        let nodes: Vec<NodeId> = set.iter().map(|(.., node)| *node).collect();
        let (person, population) = (self.system.person, &self.population);
        let columns = settled(&graph, &nodes, (Mode::Exact, person, 1), population, &self.inputs).and_then(|graph| {
            let runner = Runner::new(&graph, &nodes, Mode::Exact, person, population, &self.inputs)?;
            runner.run(population, &self.inputs, 1, Vec::new())
        });
        self.inputs.remove(&given);
        for ((name, period, _), column) in set.into_iter().zip(columns?) {
            let variable = Arc::clone(self.system.variable(&name)?);
            self.keep(&variable, period, column)?;
        }
        Ok(())
    }

    fn compiled_setting(
        &self,
        variable: &Variable,
        own: &OwnInput,
        given: &(Arc<str>, Period),
    ) -> Result<(Graph, Set), Diagnostic> {
        let keys = self.inputs.keys().cloned().collect();
        let mut session = Session::new(Arc::clone(&self.system), keys, self.options.max_spiral_loops.max(1));
        session.setting = Some(Vec::new());
        on_deep_stack(|| -> Outcome<(Graph, Set)> {
            let mut evaluator = Evaluator::with_session(Arc::clone(&self.library), session);
            let shape = Shape::Entity(variable.entity);
            let array = evaluator.session()?.graph.input(&given.0, given.1, variable.kind(), shape)?;
            let holder = Value::Holder(Arc::clone(&variable.name));
            let arguments = vec![holder, Value::Period(given.1), Value::Column(array)];
            evaluator.call_function(&own.0, Arguments::positional(arguments))?;
            let session = evaluator.session()?;
            let set = session.setting.take().unwrap_or_default();
            Ok((std::mem::take(&mut session.graph), set))
        })?
    }
}
