export default function SearchDialog(_: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return null;
}
