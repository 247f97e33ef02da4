// PriceQuote with json-rules-engine: 20 rules, an engine run for every line.
// Run with the file of the rules and the folders in which proto files are found.
'use strict'

const fs = require('fs')
const grpc = require('@grpc/grpc-js')
const loader = require('@grpc/proto-loader')
const { Engine } = require('json-rules-engine')

const [rulesFile, ...includeDirs] = process.argv.slice(2)
const rules = JSON.parse(fs.readFileSync(rulesFile, 'utf8'))

const engine = new Engine()
const is = (fact, operator, value) => ({ fact, operator, value })
for (const [category, low, high, percent] of rules.volume) {
  const all = [
    is('category', 'equal', category),
    is('quantity', 'greaterThanInclusive', low),
    is('quantity', 'lessThanInclusive', high)
  ]
  engine.addRule({ conditions: { all }, event: { type: 'volume', params: { percent } } })
}
for (const [segment, category, percent] of rules.segment) {
  const all = [is('segment', 'equal', segment), is('category', 'equal', category)]
  engine.addRule({ conditions: { all }, event: { type: 'segment', params: { percent } } })
}

async function price (content) {
  const segment = content.customer_facts.segment.text
  const reply = { lines: [], totals: { list: 0, net: 0 } }
  for (const line of content.lines) {
    const product = rules.products[line.sku]
    const quantity = Number(line.quantity)
    const { events } = await engine.run({ category: product.category, quantity, segment })
    const off = Object.fromEntries(events.map(event => [event.type, event.params.percent]))
    const amount = product.minor * quantity
    // half up; the product stays below 2^53, so that it is exact
    const after = Math.floor((amount * (100 - off.volume) * (100 - off.segment) + 5000) / 10000)
    reply.lines.push({
      id: line.id, sku: line.sku, quantity: line.quantity, list_amount: amount, amount: after, net: after, gross: after
    })
    reply.totals.list += amount
    reply.totals.net += after
  }
  reply.totals.amount = reply.totals.gross = reply.totals.net
  return reply
}

const definition = loader.loadSync('cpq/v1/pricing.proto', { keepCase: true, longs: Number, includeDirs })
const { PricingService } = grpc.loadPackageDefinition(definition).cpq.v1
const server = new grpc.Server()
server.addService(PricingService.service, {
  PriceQuote (call, answer) {
    price(call.request.content).then(reply => answer(null, reply), answer)
  }
})
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (failure, port) => {
  if (failure) throw failure
  console.log(`serving on 127.0.0.1:${port}`)
})
