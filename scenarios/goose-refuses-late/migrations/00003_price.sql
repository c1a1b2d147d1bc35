-- +goose Up
alter table public.item add column price_cents integer;

-- +goose Down
alter table public.item drop column price_cents;
