//! From Ruff's syntax tree to ours. The only file that knows Ruff.

use crate::diagnostic::{Diagnostic, Location};
use crate::syntax::{
    Argument, Arithmetic, ClassDefinition, Collects, Comparison, Expression, ExpressionKind, FunctionDefinition,
    Generator, Handler, ImportedName, Name, ParameterDefinition, Prefix, Statement, StatementKind, TextPart,
};
use ruff_python_ast as ast;
use ruff_text_size::Ranged;
use std::path::Path;
use std::sync::Arc;

/// How deep brackets may nest in a file: the parser goes down once for each.
const DEEPEST: usize = 200;

/// Reads a Python file.
pub(crate) fn parse(text: &str, file: &Path) -> Result<Vec<Statement>, Diagnostic> {
    if let Some(offset) = nests_too_deep(text) {
        return Err(Diagnostic::limit(
            "brackets nest too deep to be read",
            "split the expression into several lines with names of their own",
        )
        .at(|| Location::of(file, text, offset)));
    }
    match ruff_python_parser::parse_module(text) {
        Ok(parsed) => Ok(statements(&parsed.into_syntax().body)),
        Err(error) => Err(Diagnostic::raised("SyntaxError", error.error.to_string())
            .at(|| Location::of(file, text, error.location.start().to_usize()))),
    }
}

/// The place where brackets, prefix operators or indentation go deeper than a stack should.
fn nests_too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut run) = (0_usize, 0_usize);
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'\n' => run = 0,
            _ => {}
        }
        run = if matches!(byte, b'-' | b'~' | b'+' | b' ' | b'\t' | b'*') { run + 1 } else { 0 };
        if depth > DEEPEST || run > 2_000 {
            return Some(offset);
        }
    }
    None
}

fn name(text: &str) -> Name {
    Arc::from(text)
}

fn offset(ranged: &impl Ranged) -> u32 {
    ranged.range().start().to_u32()
}

fn span(ranged: &impl Ranged) -> (u32, u32) {
    (ranged.range().start().to_u32(), ranged.range().end().to_u32())
}

fn statements(body: &[ast::Stmt]) -> Vec<Statement> {
    body.iter().map(statement).collect()
}

fn statement(source: &ast::Stmt) -> Statement {
    Statement { offset: offset(source), kind: statement_kind(source) }
}

fn statement_kind(source: &ast::Stmt) -> StatementKind {
    match source {
        ast::Stmt::Expr(node) => StatementKind::Expression(expression(&node.value)),
        ast::Stmt::Assign(node) => {
            StatementKind::Assign(node.targets.iter().map(expression).collect(), expression(&node.value))
        }
        ast::Stmt::AnnAssign(node) => match &node.value {
            Some(value) => StatementKind::Assign(vec![expression(&node.target)], expression(value)),
            None => StatementKind::Pass,
        },
        ast::Stmt::AugAssign(node) => {
            StatementKind::Update(expression(&node.target), arithmetic(node.op), expression(&node.value))
        }
        ast::Stmt::Return(node) => StatementKind::Return(node.value.as_deref().map(expression)),
        ast::Stmt::If(node) => {
            let mut branches = vec![(Some(expression(&node.test)), statements(&node.body))];
            branches.extend(
                node.elif_else_clauses
                    .iter()
                    .map(|clause| (clause.test.as_ref().map(expression), statements(&clause.body))),
            );
            StatementKind::If(branches)
        }
        ast::Stmt::For(node) => StatementKind::For {
            target: expression(&node.target),
            iterable: expression(&node.iter),
            body: statements(&node.body),
            otherwise: statements(&node.orelse),
        },
        ast::Stmt::While(node) => StatementKind::While {
            test: expression(&node.test),
            body: statements(&node.body),
            otherwise: statements(&node.orelse),
        },
        ast::Stmt::FunctionDef(node) => StatementKind::Function(Arc::new(function(node))),
        ast::Stmt::ClassDef(node) => StatementKind::Class(Arc::new(ClassDefinition {
            name: name(node.name.as_str()),
            bases: node
                .arguments
                .as_ref()
                .map(|arguments| arguments.args.iter().map(expression).collect())
                .unwrap_or_default(),
            body: statements(&node.body),
            span: span(node),
        })),
        ast::Stmt::Import(node) => StatementKind::Import(
            node.names
                .iter()
                .map(|alias| (name(alias.name.as_str()), alias.asname.as_ref().map(|bound| name(bound.as_str()))))
                .collect(),
        ),
        ast::Stmt::ImportFrom(node) => StatementKind::ImportFrom {
            module: name(node.module.as_ref().map_or("", |module| module.as_str())),
            level: node.level,
            names: node
                .names
                .iter()
                .map(|alias| ImportedName {
                    name: name(alias.name.as_str()),
                    bound: name(alias.asname.as_ref().map_or(alias.name.as_str(), |bound| bound.as_str())),
                })
                .collect(),
        },
        ast::Stmt::Raise(node) => StatementKind::Raise(node.exc.as_deref().map(expression)),
        ast::Stmt::Try(node) => StatementKind::Try {
            body: statements(&node.body),
            handlers: node
                .handlers
                .iter()
                .map(|ast::ExceptHandler::ExceptHandler(handler)| Handler {
                    exceptions: handler.type_.as_deref().map(expression),
                    name: handler.name.as_ref().map(|bound| name(bound.as_str())),
                    body: statements(&handler.body),
                })
                .collect(),
            otherwise: statements(&node.orelse),
            finally: statements(&node.finalbody),
        },
        ast::Stmt::Assert(node) => StatementKind::Assert(expression(&node.test), node.msg.as_deref().map(expression)),
        ast::Stmt::Delete(node) => StatementKind::Delete(node.targets.iter().map(expression).collect()),
        ast::Stmt::With(node) => StatementKind::With(
            node.items
                .iter()
                .map(|item| (expression(&item.context_expr), item.optional_vars.as_deref().map(expression)))
                .collect(),
            statements(&node.body),
        ),
        ast::Stmt::Global(node) => StatementKind::Global(node.names.iter().map(|bound| name(bound.as_str())).collect()),
        ast::Stmt::Nonlocal(node) => {
            StatementKind::Nonlocal(node.names.iter().map(|bound| name(bound.as_str())).collect())
        }
        ast::Stmt::Pass(_) | ast::Stmt::TypeAlias(_) => StatementKind::Pass,
        ast::Stmt::Break(_) => StatementKind::Break,
        ast::Stmt::Continue(_) => StatementKind::Continue,
        ast::Stmt::Match(node) => {
            matching(node).unwrap_or(StatementKind::Unsupported("match with patterns other than values and names"))
        }
        ast::Stmt::IpyEscapeCommand(_) => StatementKind::Unsupported("a notebook command"),
    }
}

/// `match` over values: the same as `if`, `elif`, `else` on a value that is evaluated once.
fn matching(node: &ast::StmtMatch) -> Option<StatementKind> {
    let at = offset(node);
    let name = name("<match>");
    let subject = Expression { kind: ExpressionKind::Name(Arc::clone(&name)), offset: at };
    let mut branches = Vec::new();
    for case in &node.cases {
        let mut test = pattern(&case.pattern, &name)?;
        if let Some(guard) = &case.guard {
            let both = vec![test, expression(guard)];
            test = Expression { kind: ExpressionKind::Logic(true, both), offset: offset(case) };
        }
        branches.push((Some(test), statements(&case.body)));
    }
    let assign = Statement { kind: StatementKind::Assign(vec![subject], expression(&node.subject)), offset: at };
    let choose = Statement { kind: StatementKind::If(branches), offset: at };
    Some(StatementKind::If(vec![(None, vec![assign, choose])]))
}

/// The test that a pattern stands for; none for patterns that take values apart.
fn pattern(source: &ast::Pattern, subject: &Name) -> Option<Expression> {
    let at = offset(source);
    let whole = |kind| Expression { kind, offset: at };
    let compare = |comparison, value| {
        let left = Box::new(whole(ExpressionKind::Name(Arc::clone(subject))));
        whole(ExpressionKind::Compare(left, vec![(comparison, value)]))
    };
    Some(match source {
        ast::Pattern::MatchValue(node) => compare(Comparison::Equal, expression(&node.value)),
        ast::Pattern::MatchSingleton(node) => {
            let value = match node.value {
                ast::Singleton::None => ExpressionKind::None,
                ast::Singleton::True => ExpressionKind::Bool(true),
                ast::Singleton::False => ExpressionKind::Bool(false),
            };
            compare(Comparison::Is, whole(value))
        }
        ast::Pattern::MatchOr(node) => {
            let tests = node.patterns.iter().map(|inner| pattern(inner, subject)).collect::<Option<_>>()?;
            whole(ExpressionKind::Logic(false, tests))
        }
        ast::Pattern::MatchAs(node) => {
            let test = match &node.pattern {
                Some(inner) => pattern(inner, subject)?,
                None => whole(ExpressionKind::Bool(true)),
            };
            match &node.name {
                None => test,
                Some(bound) => {
                    // A list of one is true whatever is in it: the name is bound, and the case taken.
                    let value = Box::new(whole(ExpressionKind::Name(Arc::clone(subject))));
                    let binding = whole(ExpressionKind::Named(name(bound.as_str()), value));
                    let bound = whole(ExpressionKind::List(vec![binding]));
                    whole(ExpressionKind::Logic(true, vec![test, bound]))
                }
            }
        }
        _ => return None,
    })
}

fn function(node: &ast::StmtFunctionDef) -> FunctionDefinition {
    let documentation = match node.body.first() {
        Some(ast::Stmt::Expr(first)) => match &*first.value {
            ast::Expr::StringLiteral(text) => Some(name(text.value.to_str())),
            _ => None,
        },
        _ => None,
    };
    let mut definition = signature(Some(&node.parameters));
    definition.name = name(node.name.as_str());
    definition.decorators = node.decorator_list.iter().map(|decorator| expression(&decorator.expression)).collect();
    definition.body = statements(&node.body);
    definition.span = span(node);
    definition.documentation = documentation;
    definition.generator = definition.body.iter().any(yields);
    definition
}

/// Whether a statement yields, outside functions of its own.
fn yields(statement: &Statement) -> bool {
    match &statement.kind {
        StatementKind::Expression(expression) => matches!(expression.kind, ExpressionKind::Yield(..)),
        StatementKind::If(branches) => branches.iter().any(|(_, body)| body.iter().any(yields)),
        StatementKind::For { body, otherwise, .. } | StatementKind::While { body, otherwise, .. } => {
            body.iter().chain(otherwise).any(yields)
        }
        StatementKind::With(_, body) => body.iter().any(yields),
        StatementKind::Try { body, handlers, otherwise, finally } => {
            let handled = handlers.iter().flat_map(|handler| &handler.body);
            body.iter().chain(handled).chain(otherwise).chain(finally).any(yields)
        }
        _ => false,
    }
}

fn signature(parameters: Option<&ast::Parameters>) -> FunctionDefinition {
    let one = |parameter: &ast::ParameterWithDefault| ParameterDefinition {
        name: name(parameter.parameter.name.as_str()),
        default: parameter.default.as_deref().map(expression),
    };
    FunctionDefinition {
        name: name("<lambda>"),
        positional: parameters
            .map(|all| all.posonlyargs.iter().chain(&all.args).map(one).collect())
            .unwrap_or_default(),
        rest: parameters.and_then(|all| all.vararg.as_ref()).map(|rest| name(rest.name.as_str())),
        named: parameters.map(|all| all.kwonlyargs.iter().map(one).collect()).unwrap_or_default(),
        rest_named: parameters.and_then(|all| all.kwarg.as_ref()).map(|rest| name(rest.name.as_str())),
        decorators: Vec::new(),
        body: Vec::new(),
        span: (0, 0),
        documentation: None,
        generator: false,
    }
}

fn boxed(source: &ast::Expr) -> Box<Expression> {
    Box::new(expression(source))
}

fn all(sources: &[ast::Expr]) -> Vec<Expression> {
    sources.iter().map(expression).collect()
}

fn expression(source: &ast::Expr) -> Expression {
    Expression { offset: offset(source), kind: expression_kind(source) }
}

fn expression_kind(source: &ast::Expr) -> ExpressionKind {
    match source {
        ast::Expr::NoneLiteral(_) => ExpressionKind::None,
        ast::Expr::EllipsisLiteral(_) => ExpressionKind::Ellipsis,
        ast::Expr::BooleanLiteral(node) => ExpressionKind::Bool(node.value),
        ast::Expr::NumberLiteral(node) => match &node.value {
            ast::Number::Int(value) => {
                value.as_i64().map_or(ExpressionKind::Unsupported("a whole number beyond 64 bits"), ExpressionKind::Int)
            }
            ast::Number::Float(value) => ExpressionKind::Float(*value),
            ast::Number::Complex { .. } => ExpressionKind::Unsupported("a complex number"),
        },
        ast::Expr::StringLiteral(node) => ExpressionKind::Text(name(node.value.to_str())),
        // NumPy keeps texts as bytes in older packages; here they are texts throughout.
        ast::Expr::BytesLiteral(node) => {
            let bytes: Vec<u8> = node.value.bytes().collect();
            std::str::from_utf8(&bytes).map_or(ExpressionKind::Unsupported("a byte string that is no text"), |text| {
                ExpressionKind::Text(name(text))
            })
        }
        ast::Expr::FString(node) => ExpressionKind::Formatted(formatted(&node.value)),
        ast::Expr::TString(_) => ExpressionKind::Unsupported("a template string"),
        ast::Expr::Name(node) => ExpressionKind::Name(name(node.id.as_str())),
        ast::Expr::Attribute(node) => ExpressionKind::Attribute(boxed(&node.value), name(node.attr.as_str())),
        ast::Expr::Subscript(node) => ExpressionKind::Subscript(boxed(&node.value), boxed(&node.slice)),
        ast::Expr::Slice(node) => ExpressionKind::Slice(
            node.lower.as_deref().map(boxed),
            node.upper.as_deref().map(boxed),
            node.step.as_deref().map(boxed),
        ),
        ast::Expr::Call(node) => ExpressionKind::Call(boxed(&node.func), arguments(&node.arguments)),
        ast::Expr::BinOp(node) => {
            ExpressionKind::Arithmetic(boxed(&node.left), arithmetic(node.op), boxed(&node.right))
        }
        ast::Expr::UnaryOp(node) => ExpressionKind::Prefix(
            match node.op {
                ast::UnaryOp::USub => Prefix::Minus,
                ast::UnaryOp::UAdd => Prefix::Plus,
                ast::UnaryOp::Not => Prefix::Not,
                ast::UnaryOp::Invert => Prefix::Invert,
            },
            boxed(&node.operand),
        ),
        ast::Expr::BoolOp(node) => ExpressionKind::Logic(matches!(node.op, ast::BoolOp::And), all(&node.values)),
        ast::Expr::Compare(node) => ExpressionKind::Compare(
            boxed(&node.left),
            node.ops.iter().map(|operator| comparison(*operator)).zip(all(&node.comparators)).collect(),
        ),
        ast::Expr::If(node) => ExpressionKind::Conditional {
            test: boxed(&node.test),
            then: boxed(&node.body),
            otherwise: boxed(&node.orelse),
        },
        ast::Expr::List(node) => ExpressionKind::List(all(&node.elts)),
        ast::Expr::Tuple(node) => ExpressionKind::Tuple(all(&node.elts)),
        ast::Expr::Set(node) => ExpressionKind::Set(all(&node.elts)),
        ast::Expr::Dict(node) => ExpressionKind::Dict(
            node.items.iter().map(|item| (item.key.as_ref().map(expression), expression(&item.value))).collect(),
        ),
        ast::Expr::ListComp(node) => comprehension(Collects::List, &node.elt, None, &node.generators),
        ast::Expr::SetComp(node) => comprehension(Collects::Set, &node.elt, None, &node.generators),
        ast::Expr::Generator(node) => comprehension(Collects::Generator, &node.elt, None, &node.generators),
        ast::Expr::DictComp(node) => match &node.key {
            Some(key) => comprehension(Collects::Dict, key, Some(&node.value), &node.generators),
            None => ExpressionKind::Unsupported("a spread in a dictionary comprehension"),
        },
        ast::Expr::Lambda(node) => {
            let mut definition = signature(node.parameters.as_deref());
            let body = expression(&node.body);
            definition.body = vec![Statement { offset: body.offset, kind: StatementKind::Return(Some(body)) }];
            definition.span = span(node);
            ExpressionKind::Lambda(Arc::new(definition))
        }
        ast::Expr::Starred(node) => ExpressionKind::Starred(boxed(&node.value)),
        ast::Expr::Named(node) => match &*node.target {
            ast::Expr::Name(target) => ExpressionKind::Named(name(target.id.as_str()), boxed(&node.value)),
            _ => ExpressionKind::Unsupported("«:=» to something that is not a name"),
        },
        ast::Expr::Await(_) => ExpressionKind::Unsupported("await"),
        ast::Expr::Yield(node) => ExpressionKind::Yield(node.value.as_deref().map(boxed), false),
        ast::Expr::YieldFrom(node) => ExpressionKind::Yield(Some(boxed(&node.value)), true),
        ast::Expr::IpyEscapeCommand(_) => ExpressionKind::Unsupported("a notebook command"),
    }
}

fn comprehension(
    collects: Collects,
    element: &ast::Expr,
    value: Option<&ast::Expr>,
    generators: &[ast::Comprehension],
) -> ExpressionKind {
    ExpressionKind::Comprehension {
        collects,
        element: boxed(element),
        value: value.map(boxed),
        generators: generators
            .iter()
            .map(|generator| Generator {
                target: expression(&generator.target),
                iterable: expression(&generator.iter),
                conditions: all(&generator.ifs),
            })
            .collect(),
    }
}

fn formatted(value: &ast::FStringValue) -> Vec<TextPart> {
    let mut parts = Vec::new();
    for part in value {
        match part {
            ast::FStringPart::Literal(literal) => parts.push(TextPart::Literal(name(&literal.value))),
            ast::FStringPart::FString(text) => parts.extend(text.elements.iter().map(text_part)),
        }
    }
    parts
}

fn text_part(element: &ast::InterpolatedStringElement) -> TextPart {
    match element {
        ast::InterpolatedStringElement::Literal(literal) => TextPart::Literal(name(&literal.value)),
        ast::InterpolatedStringElement::Interpolation(inner) => TextPart::Value {
            expression: expression(&inner.expression),
            representation: matches!(inner.conversion, ast::ConversionFlag::Repr | ast::ConversionFlag::Ascii),
            format: inner
                .format_spec
                .as_ref()
                .map(|format| format.elements.iter().map(text_part).collect())
                .unwrap_or_default(),
        },
    }
}

fn arguments(source: &ast::Arguments) -> Vec<Argument> {
    let mut result: Vec<Argument> = source
        .args
        .iter()
        .map(|argument| match argument {
            ast::Expr::Starred(node) => Argument::Spread(expression(&node.value)),
            other => Argument::Positional(expression(other)),
        })
        .collect();
    result.extend(source.keywords.iter().map(|keyword| match &keyword.arg {
        Some(bound) => Argument::Named(name(bound.as_str()), expression(&keyword.value)),
        None => Argument::SpreadNamed(expression(&keyword.value)),
    }));
    result
}

const fn arithmetic(operator: ast::Operator) -> Arithmetic {
    match operator {
        ast::Operator::Add => Arithmetic::Add,
        ast::Operator::Sub => Arithmetic::Subtract,
        ast::Operator::Mult => Arithmetic::Multiply,
        ast::Operator::MatMult => Arithmetic::MatrixMultiply,
        ast::Operator::Div => Arithmetic::Divide,
        ast::Operator::Mod => Arithmetic::Modulo,
        ast::Operator::Pow => Arithmetic::Power,
        ast::Operator::LShift => Arithmetic::ShiftLeft,
        ast::Operator::RShift => Arithmetic::ShiftRight,
        ast::Operator::BitOr => Arithmetic::Or,
        ast::Operator::BitXor => Arithmetic::Xor,
        ast::Operator::BitAnd => Arithmetic::And,
        ast::Operator::FloorDiv => Arithmetic::FloorDivide,
    }
}

const fn comparison(operator: ast::CmpOp) -> Comparison {
    match operator {
        ast::CmpOp::Eq => Comparison::Equal,
        ast::CmpOp::NotEq => Comparison::NotEqual,
        ast::CmpOp::Lt => Comparison::Less,
        ast::CmpOp::LtE => Comparison::LessOrEqual,
        ast::CmpOp::Gt => Comparison::Greater,
        ast::CmpOp::GtE => Comparison::GreaterOrEqual,
        ast::CmpOp::Is => Comparison::Is,
        ast::CmpOp::IsNot => Comparison::IsNot,
        ast::CmpOp::In => Comparison::In,
        ast::CmpOp::NotIn => Comparison::NotIn,
    }
}
